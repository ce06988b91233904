// Settings of a farm itself and of its servers (arr.md 5). What belongs to other rooms is composed in control/config.
import { z } from 'zod';
import { choice, duration, flag, refuse, text, whole } from '../../base/setting.ts';
import { parseServerAddress } from '../../model/server-address.ts';
import { hostFault } from '../../wire/http1/authority.ts';
import { retrySchema } from './retry-schema.ts';

const ADDRESS =
  'host:port, [v6]:port, host, or unix:/path. The string as written is the identity of the server in its farm: statistics, affinity and commands go by it. A port holds for both schemes.';

/** The address as written, and where it says to connect. */
const serverAddress = text(ADDRESS, { nonEmpty: true, trimmed: true })
  .transform((written, ctx) => {
    const read = parseServerAddress(written);
    if (!('fault' in read)) return { written, ...read };
    const isLikeIPv6 = written.split(':').length > 2 && !written.includes('://');
    return refuse(ctx, written, read.fault, `write it like ${isLikeIPv6 ? '[fd00::1]:8080' : '10.0.0.1:8080'}`);
  })
  .meta({ description: ADDRESS });

const serverShape = {
  address: serverAddress,
  enabled: flag('false: the server gets no requests and no tests, and no command starts it.').prefault(true),
  weight: whole('Share of the requests, relative to the other servers.', 1, 4_294_967_295).prefault(100),
  httpPort: whole('Port for http. Default: that of the address, else 80.', 1, 65_535).optional(),
  httpsPort: whole('Port for https. Default: that of the address, else 443.', 1, 65_535).optional(),
  hostName: text('Name of this server, for Host and TLS. Default: the address.', {
    nonEmpty: true,
    trimmed: true,
    fault: hostFault,
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
  maxRequests: whole(
    'Requests that the server may have at one time, for the whole process; those beyond it wait in the queue of the farm. 0: no limit.',
    0,
    1_000_000,
  ).prefault(0),
};

/**
 * `farms.NAME.servers[n]`: an address, or an address with settings.
 * @param ofOtherRooms settings of a server that other rooms read
 */
export function serverSchema<More extends z.ZodRawShape>(ofOtherRooms: More) {
  const details = z
    .strictObject({ ...serverShape, ...ofOtherRooms })
    .meta({ description: 'A server with its own settings.' });
  return z.union([
    serverAddress.transform((address) => ({ ...details.parse({ address: address.written }), address })),
    details,
  ]);
}

const queueSchema = z
  .strictObject({
    length: whole('Requests that may wait for the farm; one more is answered with 503.', 0, 1_000_000).prefault(100),
    timeout: duration('How long a request waits before it is answered with 503.').prefault('5s'),
  })
  .meta({ description: 'Where requests wait, first come first served, while all servers have their maxRequests.' });

const warmUpSchema = z
  .strictObject({
    urls: z
      .array(text('A path like /catalogue.', { nonEmpty: true, trimmed: true }))
      .min(1)
      .meta({ description: 'Paths that are fetched, one after the other.' }),
    timeout: duration('How long all of them may take; then the server takes traffic all the same.').prefault('60s'),
  })
  .meta({ description: 'Fetched from a server that starts or has recovered, before it takes traffic.' });

const circuitBreakerSchema = z
  .strictObject({
    failures: whole('Failures in a row that open the circuit of a server.', 1, 10_000).prefault(5),
    openFor: duration('How long it stays open: no requests. Then one may try.').prefault('10s'),
  })
  .meta({
    description:
      'Keeps requests from a server as soon as several fail in a row, before any health test. `{}` has the defaults. Absent: off.',
  });

const drainSchema = z
  .strictObject({
    idleTimeout: duration(
      'A drain is over when no bound client was seen for this long and no request is open. Default: affinity.timeout.',
      { max: 30 * 86_400_000 },
    ).optional(),
    deadline: duration('A drain is over after this, whoever is still bound: the server becomes Inactive.', {
      max: 30 * 86_400_000,
      zeroIsOff: true,
    }).prefault(0),
  })
  .meta({ description: 'When a server that drains is done.' });

/** The farm's own attributes. */
export const farmShape = {
  maintenancePage: text('File that answers requests while the farm is offline (503). Absent: our own page (502.4).', {
    nonEmpty: true,
  }).optional(),
  errorPages: z
    .record(z.string(), text('File, or an http(s) address to redirect to.', { nonEmpty: true }))
    .meta({
      description:
        'Pages for errors that the router itself answers for this farm, by status or sub-status: { "502": gone.html, "503": busy.html, "502.4": none.html }.',
    })
    .prefault({}),
  slowStart: duration(
    'A server that starts or has recovered begins with a tenth of its weight and has all of it after this. 0: at once. Methods that count no weights (LeastRequests, LeastResponseTime, Fastest, RequestHash) know no slow start.',
    { max: 86_400_000, zeroIsOff: true },
  ).prefault(0),
  warmUp: warmUpSchema.optional(),
  queue: queueSchema.prefault({}),
  retry: retrySchema.prefault({}),
  circuitBreaker: circuitBreakerSchema.optional(),
  drain: drainSchema.prefault({}),
  enabled: flag(
    'false takes the farm offline: requests for it are answered with its maintenancePage (503), or with 502.4 where there is none.',
  ).prefault(true),
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
