// Settings of the admin API.
import { z } from 'zod';
import { flag, text } from '../base/setting.ts';

/** `admin`. */
export const adminSchema = z
  .strictObject({
    enabled: flag('false: no admin API.').prefault(true),
    address: text(
      'Where it listens. Anyone who reaches it can change the servers: beyond this machine it needs a token. Changing it needs a restart.',
      { nonEmpty: true, trimmed: true },
    ).prefault('127.0.0.1:9400'),
    token: text(
      'Bearer token that every request but /api/live and /api/ready must carry; required beyond loopback. Take it from ${ENV} or ${file:PATH}. Commands take it from NARROWS_TOKEN.',
      { nonEmpty: true, trimmed: true, secret: true },
    ).optional(),
  })
  .meta({
    description:
      'The admin API: status, metrics, reload, explain. Absent: 127.0.0.1:9400 under `narrows run`, none in the library.',
  });
