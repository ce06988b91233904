// Settings of webhooks: whom the router tells that a server or a farm has changed.
import { z } from 'zod';
import { choice, duration, refuse, text } from '../../base/setting.ts';
import { WEBHOOK_EVENTS } from './webhooks.ts';

const webhookSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'is no URL of http or https' })
    .transform((url, ctx) => {
      const { username, password } = new URL(url);
      if (username === '' && password === '') return url;
      return refuse(ctx, url, 'the URL has a user name or a password in it', 'give a bearer token as `token`');
    })
    .meta({ description: 'Gets a POST of JSON for each event.' }),
  events: z
    .array(choice('Name of an event.', WEBHOOK_EVENTS))
    .meta({ description: 'Only these events (docs/operating.md). Absent: all.' })
    .prefault([]),
  token: text('Bearer token sent along. Take it from ${ENV} or ${file:PATH}.', { secret: true }).optional(),
  timeout: duration('An answer that has not come by then is none; it is tried again twice.').prefault('5s'),
});

/** `webhooks`. */
export const webhooksSchema = z
  .array(webhookSchema)
  .meta({ description: 'Whom changes are told: states and health of servers, ends of drains, members, farms.' });
