// Settings of webhooks: whom the router tells that a server or a farm has changed.
import { z } from 'zod';
import { duration, text } from '../../base/setting.ts';

const webhookSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ description: 'Gets a POST of JSON for each event.' }),
  events: z
    .array(text('Name of an event.', { nonEmpty: true }))
    .meta({ description: 'Only these events (docs/operating.md). Absent: all.' })
    .prefault([]),
  token: text('Bearer token sent along. Take it from ${ENV} or ${file:PATH}.', { secret: true }).optional(),
  timeout: duration('An answer that has not come by then is none; it is tried again twice.').prefault('5s'),
});

/** `webhooks`. */
export const webhooksSchema = z
  .array(webhookSchema)
  .meta({ description: 'Whom changes are told: states and health of servers, ends of drains, members, farms.' });
