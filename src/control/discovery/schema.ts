// Settings of looking up names and finding servers.
import { z } from 'zod';
import { duration, text } from '../../base/setting.ts';

/** Keys at the root. */
export const discoveryShape = {
  dnsRefresh: duration(
    'How often the names of servers are looked up again. The last good answer stays when a look-up fails.',
  ).prefault('30s'),
  resolvers: z
    .array(text('host:port of a name server.', { nonEmpty: true, trimmed: true }))
    .meta({
      description:
        "Name servers to ask. Default: the system's look-up, hosts file included. Answers decide where requests go: ask only servers you trust.",
    })
    .prefault([]),
};
