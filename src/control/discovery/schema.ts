// Settings of looking up names and finding servers.
import { isIP } from 'node:net';
import { z } from 'zod';
import { duration, refuse, shown, text } from '../../base/setting.ts';

const nameServer = text('host:port of a name server.', { nonEmpty: true, trimmed: true }).transform((written, ctx) =>
  isNameServer(written)
    ? written
    : refuse(
        ctx,
        written,
        `${shown(written)} is not the address of a name server`,
        'write it like 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:53',
      ),
);

function isNameServer(written: string): boolean {
  const [, v6, v4] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(written) ?? [];
  return isIP(v6 ?? v4 ?? written) !== 0;
}

/** Keys at the root. */
export const discoveryShape = {
  dnsRefresh: duration(
    'How often the names of servers are looked up again. The last good answer stays when a look-up fails.',
  ).prefault('30s'),
  resolvers: z
    .array(nameServer)
    .meta({
      description:
        "Name servers to ask. Default: the system's look-up, hosts file included. Answers decide where requests go: ask only servers you trust.",
    })
    .prefault([]),
};
