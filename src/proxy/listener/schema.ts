// Settings of the listeners, and of what clients may do (CONTRACT 2).
import { z } from 'zod';
import { choice, duration, flag, size, text, whole } from '../../base/setting.ts';

const addressRanges = (about: string) =>
  z
    .array(text('CIDR range or address.', { nonEmpty: true, trimmed: true }))
    .meta({ description: about })
    .prefault([]);

const certificateSchema = z.strictObject({
  cert: text('PEM file with the certificate and its chain.', { nonEmpty: true }).optional(),
  key: text('PEM file with the private key: readable by the router alone.', { nonEmpty: true }).optional(),
  pfx: text('PFX file with certificate and key.', { nonEmpty: true }).optional(),
  passphrase: text('Passphrase of the key or PFX. Take it from ${ENV} or ${file:PATH}.', { secret: true }).optional(),
});

const maxAge = duration('How long browsers refuse plain HTTP (max-age); 0 sends none.', {
  min: 1000,
  max: 3650 * 86_400_000,
  zeroIsOff: true,
});

/** A time, or a map. */
const hstsSchema = z
  .union([
    z.strictObject({
      maxAge,
      includeSubDomains: flag('All names below the one asked for, too.').prefault(false),
      preload: flag('The owner of the name asks to be put on the lists of browsers.').prefault(false),
    }),
    maxAge.transform((ms) => ({ maxAge: ms, includeSubDomains: false, preload: false })),
  ])
  .meta({
    description:
      'Strict-Transport-Security: a time (max-age), or a map with more. Browsers refuse plain HTTP for that long: hard to take back.',
  });

const tlsSchema = z
  .strictObject({
    certificates: z
      .array(certificateSchema)
      .meta({ description: 'Certificates, chosen by the name that the client asks for.' })
      .prefault([]),
    folder: text('Folder of certificates named after their hosts, as in the Central Certificate Store.', {
      nonEmpty: true,
    }).optional(),
    folderPassphrase: text('Passphrase of the files in the folder. Take it from ${ENV} or ${file:PATH}.', {
      secret: true,
    }).optional(),
    clientCertificates: choice(
      'Whether clients are asked for a certificate; required answers 403.7 without one. One that is shown and not in order is answered 403 (.13 revoked, .16 not trusted, .17 out of its time).',
      ['off', 'optional', 'required'],
    ).prefault('off'),
    clientAuthorities: text(
      'PEM file with the authorities whose certificates of clients are trusted. Whoever they sign for comes in.',
      { nonEmpty: true },
    ).optional(),
    revocationLists: text(
      'PEM file with the revocation lists of those authorities, one of each; a list that is out of date refuses all of its certificates.',
      { nonEmpty: true },
    ).optional(),
    minVersion: choice('Oldest version of TLS that is accepted; older than TLSv1.2 is broken.', [
      'TLSv1.2',
      'TLSv1.3',
    ]).prefault('TLSv1.2'),
    unknownName: choice(
      'A client that asks for a name without certificate: the first certificate, or refusal. One that names nothing is shown the first.',
      ['default', 'refuse'],
    ).prefault('default'),
    hsts: hstsSchema.prefault(0),
    redirectFrom: text(
      'Listener without TLS whose requests are redirected to this one, all but those below /.well-known/acme-challenge/.',
      { nonEmpty: true },
    ).optional(),
  })
  .meta({ description: 'Makes the listener speak TLS.' });

const proxyProtocolSchema = z
  .strictObject({
    from: addressRanges(
      'Peers whose connections begin with a PROXY header, version 1 or 2; one without is closed. The header is believed: name only your own load balancers. Others connect as clients.',
    ),
  })
  .meta({ description: "Take the client's address from the PROXY protocol header." });

/** `listeners.NAME`, but for what only virtual servers have. */
export const listenerSchema = z
  .strictObject({
    address: text('host:port, [v6]:port, :port or unix:/path; port 0 lets the system choose.', {
      nonEmpty: true,
      trimmed: true,
    }),
    protocol: choice('http, or tcp: connections are passed to a farm as they are.', ['http', 'tcp']).prefault('http'),
    tls: tlsSchema.optional(),
    proxyProtocol: proxyProtocolSchema.optional(),
  })
  .meta({ description: 'An address that the router listens on.' });

/** `limits`. */
export const limitsSchema = z
  .strictObject({
    requestLine: size('Longest request line; longer is answered 414.', { min: 256, max: 1024 ** 2 }).prefault('16KB'),
    headerBytes: size(
      'Largest request header; larger is answered 431. Also the most that is read ahead of a response.',
      {
        min: 1024,
        max: 16 * 1024 ** 2,
      },
    ).prefault('64KB'),
    headerCount: whole('Most header fields of a request; more are answered 431.', 1, 10_000).prefault(128),
    headTimeout: duration('Time for a whole request header to arrive: the guard against slow-loris clients.').prefault(
      '10s',
    ),
    idleTimeout: duration('How long a client connection may stay idle between requests.').prefault('75s'),
    bodyProgressTimeout: duration('Longest silence within a request body, while we are reading.').prefault('30s'),
    connections: whole('Client connections for the whole process; beyond it 503 and close.', 1, 1_000_000).prefault(
      10_000,
    ),
    requestBody: size(
      'Largest request body; larger is answered 413. 0 is no limit, the default (nginx has 1MB): bodies are streamed and cost no memory here, but servers may need the guard.',
      { max: Number.MAX_SAFE_INTEGER },
    ).prefault(0),
    handshakeTimeout: duration('Time for a TLS handshake.').prefault('10s'),
    handshakes: whole(
      'TLS handshakes under way at one time, for the whole process; beyond it a connection is closed. They are what costs most of all that a stranger can ask for.',
      1,
      1_000_000,
    ).prefault(2000),
    lingerTimeout: duration(
      'After an early answer: how long the rest of the request is read and thrown away, so that the client sees the answer.',
    ).prefault('5s'),
    lingerBytes: size('After an early answer: how many bytes are thrown away.', { max: 1024 ** 3 }).prefault('1MB'),
    underscoreHeaders: choice(
      'Request headers with an underscore in the name. They look like others once they are server variables: pass lets a client spoof those.',
      ['drop', 'pass', 'refuse'],
    ).prefault('drop'),
    abortOnClientEnd: flag(
      'Drop a request whose client has ended its side after a complete request, instead of answering.',
    ).prefault(false),
  })
  .meta({ description: 'Bounds on what a client may take. They protect the router and the servers behind it.' });

/** Keys at the root. */
export const trustShape = {
  trustedProxies: addressRanges(
    'Peers whose X-Forwarded-For, -Proto and -Host are believed. Anyone in these ranges can claim any client address: name only your own proxies.',
  ),
};
