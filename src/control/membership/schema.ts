// Settings of where a farm's servers come from, beside those that the configuration names.
import { z } from 'zod';
import { choice, duration, text, whole } from '../../base/setting.ts';

const fileSource = z
  .strictObject({
    file: text('YAML or JSON file with a list of servers as in `servers`; it is watched.', { nonEmpty: true }),
  })
  .meta({ description: 'A file.' });

const dnsSource = z
  .strictObject({
    dns: text('Name that is looked up.', { nonEmpty: true, trimmed: true }),
    type: choice('A: its addresses, IPv4 and IPv6. SRV: its targets, with priority and weight.', ['A', 'SRV']).prefault(
      'A',
    ),
    port: whole('Port of the servers; SRV records have their own.', 1, 65_535).prefault(80),
    interval: duration('Time between two look-ups.', { min: 1000, max: 86_400_000 }).prefault('30s'),
  })
  .meta({ description: 'A name of DNS.' });

const httpSource = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).meta({ description: 'Answers with a JSON list of servers as in `servers`.' }),
    interval: duration('Time between two requests.', { min: 1000, max: 86_400_000 }).prefault('30s'),
    timeout: duration('An answer that is not whole by then is none.').prefault('5s'),
    token: text('Bearer token sent along. Take it from ${ENV} or ${file:PATH}.', { secret: true }).optional(),
  })
  .meta({ description: 'An HTTP endpoint.' });

/** `farms.NAME.serversFrom`. */
export const serversFromSchema = z.array(z.union([fileSource, dnsSource, httpSource])).meta({
  description:
    'Further servers of the farm, from sources that change while the router runs. A source that is empty, broken or gone keeps its last good servers.',
});
