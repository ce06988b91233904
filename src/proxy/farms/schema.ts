// Settings of a farm itself and of its servers (arr.md 5). What belongs to other rooms is composed in control/config.
import { z } from 'zod';
import { choice, flag, refuse, text, whole } from '../../base/setting.ts';
import { parseServerAddress } from '../../model/server-address.ts';

const ADDRESS =
  'host:port, [v6]:port, host, or unix:/path. The string as written is the identity of the server in its farm: statistics, affinity and commands go by it. A port holds for both schemes.';

/** The address as written, and where it says to connect. */
const serverAddress = text(ADDRESS, { nonEmpty: true, trimmed: true })
  .transform((written, ctx) => {
    const read = parseServerAddress(written);
    return 'fault' in read ? refuse(ctx, written, read.fault, 'write it like 10.0.0.1:8080') : { written, ...read };
  })
  .meta({ description: ADDRESS });

const serverDetails = z
  .strictObject({
    address: serverAddress,
    enabled: flag('false: the server gets no requests and no tests.').prefault(true),
    weight: whole('Share of the requests, relative to the other servers.', 1, 4_294_967_295).prefault(100),
    httpPort: whole('Port for http. Default: that of the address, else 80.', 1, 65_535).optional(),
    httpsPort: whole('Port for https. Default: that of the address, else 443.', 1, 65_535).optional(),
    hostName: text('Name of this server, for Host and TLS. Default: the address.', {
      nonEmpty: true,
      trimmed: true,
    }).optional(),
    priorityGroup: whole(
      'Servers of the highest group are used first; see loadBalancing.priorityGroupActivation.',
      0,
      65_535,
    ).prefault(0),
    healthCheckAlternateHostName: text('Host of health tests of this server. Default: that of the test.', {
      nonEmpty: true,
      trimmed: true,
    }).optional(),
    healthCheckAlternatePort: whole('Port of health tests of this server; 0: the normal one.', 0, 65_535).prefault(0),
  })
  .meta({ description: 'A server with its own settings.' });

/** `farms.NAME.servers[n]`: an address, or an address with settings. */
const serverSchema = z.union([
  serverAddress.transform((address) => ({ ...serverDetails.parse({ address: address.written }), address })),
  serverDetails,
]);

/** The farm's own attributes. */
export const farmShape = {
  enabled: flag('false takes the farm offline: requests for it are answered with 502.4.').prefault(true),
  servers: z
    .array(serverSchema)
    .meta({ description: 'The servers, in the order that ties are broken by. An address stands once.' })
    .prefault([]),
  passConnectionCloseHeader: flag(
    "Pass a server's `Connection: close` on to the client instead of keeping its connection.",
  ).prefault(false),
  passServerHeader: choice(
    "What becomes of a server's Server header: replaced by ours, removed, or passed, which tells strangers what runs there.",
    ['Replace', 'Remove', 'PassThrough'],
  ).prefault('Replace'),
  serverAutoStart: flag(
    'true: servers start Active. false: they start Inactive, until an operator starts them.',
  ).prefault(true),
};
