// Settings of the way to the servers: `protocol` of a farm and `proxy` of the router, one set of attributes with
// different defaults at the two levels (arr.md 3).
import { z } from 'zod';
import { printable } from '../../base/printable.ts';
import { choice, duration, flag, refuse, shown, size, text, whole } from '../../base/setting.ts';
import { hostFault } from '../../wire/http1/authority.ts';
import { isFieldName, isFieldValue, utf8AsLatin1 } from '../../wire/http1/serialise.ts';

/** HTTP itself in another version (RFC 9113 3.1): what an intermediary passes on here it would not understand. */
const REFUSED_UPGRADES: ReadonlySet<string> = new Set(['h2c', 'h2', 'http']);

export interface ProtocolDefaults {
  timeout: string;
  preserveHostHeader: boolean;
  reverseRewriteHostInResponseHeaders: boolean;
}

/** ARR's attributes of the connection itself. */
function connectionShape(defaults: ProtocolDefaults) {
  return {
    httpVersion: choice(
      "Version towards the server. Always sent as HTTP/1.1 by this version; ARR's default was PassThrough, the client's own version.",
      ['Http10', 'Http11', 'PassThrough'],
    ).prefault('Http11'),
    keepAlive: flag(
      'Reuse connections to the servers. false: a new connection for each request, several times dearer.',
    ).prefault(true),
    timeout: duration(
      'Time-out of each phase of an exchange: name look-up, connect, send, receive. Expiry answers 502.3. A long one ties up connections when a server hangs.',
      { max: 86_400_000 },
    ).prefault(defaults.timeout),
    maxConnections: whole(
      'Open connections to one server, for the whole process; 0 is no limit. A request beyond it waits for one of them to become free, at most protocol.timeout.',
      0,
      1_000_000,
    ).prefault(0),
    idleTimeout: duration(
      'How long an idle server connection is kept. Longer than the server keeps it, and a request may meet a closing connection; Node servers close after 5s.',
    ).prefault('4s'),
    proxyProtocol: choice(
      'Begin connections to the servers with a PROXY header that names the client: v1 is text, v2 has the name that the client asked for by TLS and an id too. For requests such a connection serves one client connection only. A server that does not expect the header fails.',
      ['off', 'v1', 'v2'],
    ).prefault('off'),
    retries: whole(
      'Further attempts, on other servers, after a connection could not be made. A request of which a byte was sent is never repeated elsewhere. 0 is what ARR does.',
      0,
      20,
    ).prefault(1),
    upgrade: upgradeSection.prefault({}),
    tls: tlsToServers.optional(),
    proxy: text('host:port of a proxy that requests to the servers go through; empty: none.').prefault(''),
    proxyBypass: text('Hosts, separated by commas, that are reached without the chained proxy.').prefault(''),
    clientCertFileName: text(
      'Client certificate shown to servers that ask for one, in one file with its key: PFX or PEM. tls.certificate says the same in other words.',
    ).prefault(''),
    clientCertPassword: text(
      'Password of the client certificate. Take it from ${ENV} or ${file:PATH}, never write it here.',
      {
        secret: true,
      },
    ).prefault(''),
    clientCertHash: text(
      'Client certificate by thumbprint, as in the Windows store: not used here, see clientCertFileName.',
    ).prefault(''),
  };
}

const upgradeSection = z
  .strictObject({
    allow: z
      .array(
        text('Name of a protocol, without its version.', { nonEmpty: true, trimmed: true }).transform((name, ctx) =>
          REFUSED_UPGRADES.has(name.toLowerCase())
            ? refuse(
                ctx,
                name,
                `${shown(name)} is never passed on`,
                'another version of HTTP is not reached by Upgrade',
              )
            : name.toLowerCase(),
        ),
      )
      .meta({
        description:
          'Protocols that a client may switch to, by name; websocket unless written. Any other Upgrade is left out, and the request served as plain HTTP/1.1. What passes in another protocol than websocket is not understood: rules see the first request alone.',
      })
      .prefault(['websocket']),
    idleTimeout: duration('Silence in both directions after which a session is closed; 0: never.', {
      zeroIsOff: true,
    }).prefault('0'),
    closeSpread: duration(
      'Over what time the closing of sessions is spread when a server is stopped at once (ForcefulStop) or the router stops, so that their clients do not all come back together.',
      { zeroIsOff: true },
    ).prefault('10s'),
  })
  .meta({ description: 'What a request with Upgrade may become: a WebSocket, or what else is named here.' });

const tlsToServers = z
  .strictObject({
    ca: text(
      'File with the certificate authorities that may sign server certificates, PEM; those of the system and of Node.js otherwise.',
    ).optional(),
    ignoreNameMismatch: flag(
      'Accept a certificate made out to another name. That is what ARR does; it lets anyone with any valid certificate pose as the server.',
    ).prefault(false),
    ignoreExpired: flag('Accept a certificate that has expired or is not valid yet.').prefault(false),
    ignoreUnknownCa: flag(
      'Accept a certificate that no known authority signed: then the server is not authenticated at all.',
    ).prefault(false),
    ignoreWrongUsage: flag('Accept a certificate that was not issued for servers.').prefault(false),
    publicKeys: z
      .array(text('sha256/ and the base64 of the SHA-256 of the SubjectPublicKeyInfo.', { nonEmpty: true }))
      .meta({
        description:
          'Keys that certificates of servers may have, such as "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; none: any. Everything else is verified all the same. Name the next key before it comes: a server with a key that is not here gets no request.',
      })
      .prefault([]),
    certificate: z
      .strictObject({
        cert: text('PEM file with the certificate and its chain.', { nonEmpty: true }).optional(),
        key: text('PEM file with its private key: readable by the router alone. Default: it is in cert.', {
          nonEmpty: true,
        }).optional(),
        pfx: text('PFX file with certificate and key, instead.', { nonEmpty: true }).optional(),
        passphrase: text('Passphrase of the key or PFX. Take it from ${ENV} or ${file:PATH}.', {
          secret: true,
        }).optional(),
      })
      .meta({ description: 'Client certificate shown to servers that ask for one.' })
      .optional(),
    minVersion: choice('Oldest version of TLS that is spoken with servers; older than TLSv1.2 is broken.', [
      'TLSv1.2',
      'TLSv1.3',
    ]).prefault('TLSv1.2'),
  })
  .meta({
    description:
      'TLS with servers that requests or health tests reach by https: everything is verified unless opted out of here, bit by bit. Each opt-out weakens the protection against someone between router and server. Files are read when the configuration is.',
  });

/** The name of a header that we send. */
const headerName = (about: string) =>
  text(about, { fault: (name) => (isFieldName(name) ? null : `"${printable(name)}" is not the name of a header`) });

/** ARR's attributes of headers, in both directions. */
function headerShape(defaults: ProtocolDefaults) {
  return {
    preserveHostHeader: flag("Send the client's Host to the server. false: the server's own name.").prefault(
      defaults.preserveHostHeader,
    ),
    alternateHostName: text('Host sent instead, whatever preserveHostHeader says; empty: none.', {
      fault: hostFault,
    }).prefault(''),
    reverseRewriteHostInResponseHeaders: flag(
      "Rewrite the server's or farm's own host in Location and Content-Location to the host that the client asked for. Addresses of third parties are left alone.",
    ).prefault(defaults.reverseRewriteHostInResponseHeaders),
    xForwardedForHeaderName: headerName(
      "Header that carries the client's address; empty sends none. Replaced, not appended to, unless the peer is in trustedProxies: servers that grant rights by it must accept it from the router only.",
    ).prefault('X-Forwarded-For'),
    includePortInXForwardedFor: flag("Write the client's port behind its address.").prefault(true),
    xForwardedByHeaderName: headerName(
      'Header that names this router; sent only where xForwardedByHeader is not empty.',
    ).prefault('X-Forwarded-By'),
    xForwardedByHeader: text('Value of that header; empty: not sent.', {
      fault: (value) => (isFieldValue(utf8AsLatin1(value)) ? null : 'it holds a character that no header may hold'),
    }).prefault(''),
    arrResponseHeader: flag(
      "Add `X-Powered-By: ARR/3.0` to responses, ARR's default. It tells strangers what runs here. `compatibility: headers` turns it on.",
    ).prefault(false),
    sslHeaderName: headerName('Header that tells the server that the client came by TLS; empty: none.').prefault(
      'X-ARR-SSL',
    ),
    clientCertHeaderName: headerName("Header with the client's certificate, base64 of DER; empty: none.").prefault(
      'X-ARR-ClientCert',
    ),
    logGuidName: headerName("Header with the request's id, as in the access log; empty: none.").prefault(
      'X-ARR-LOG-ID',
    ),
    logCacheHitName: text('Word of the log for a cache hit.').prefault('X-ARR-CACHE-HIT'),
    maxForwards: whole(
      'Max-Forwards of a forwarded request: ends a loop through ourselves with 502.6.',
      0,
      4_294_967_295,
    ).prefault(10),
    stealthMode: flag(
      'Send no header that shows a router: X-ARR-*, X-Powered-By, X-Original-URL, X-Forwarded-By, Max-Forwards (and so without the guard against loops).',
    ).prefault(false),
  };
}

/** ARR's attributes of buffering; the two sizes are in KB when they are bare numbers. */
function bufferShape() {
  return {
    minResponseBuffer: size(
      'Bytes of a response held back before the first is sent on; a bare number counts KB, as in ARR (whose default is 256). 0 sends bytes as they come. Held once for each connection.',
      { bareUnit: 1024 },
    ).prefault(0),
    responseBufferLimit: size(
      'Most bytes of one response held in memory; a bare number counts KB, as in ARR. Times limits.connections, it bounds the memory that slow clients can take.',
      { bareUnit: 1024 },
    ).prefault('4MB'),
    bufferChunkedResponses: flag(
      "Hold back chunked responses as well (ARR's default). true breaks server-sent events.",
    ).prefault(false),
    maxResponseHeaderSize: size(
      'Largest header of a response; a larger one answers 502.3. A bare number counts bytes.',
      {
        min: 1024,
        max: 1024 * 1024,
      },
    ).prefault('64KB'),
    cache: cacheSection.optional(),
  };
}

const cacheSection = z
  .strictObject({
    enabled: flag('Use the disk cache where there is one.').prefault(true),
    requestConsolidationEnabled: flag(
      'Send one of several equal requests that miss the cache, and let the others wait for it.',
    ).prefault(false),
    requestConsolidationTimeout: duration(
      'How long a waiting request follows another before it goes to the server itself.',
    ).prefault('100ms'),
    queryStringHandling: choice(
      'What a query does to caching: Ignore it, cache nothing that has one, or make it part of the key.',
      ['Ignore', 'NoCaching', 'Accept'],
    ).prefault('Ignore'),
    validationInterval: duration('How long the memory may answer without asking disk or server.', {
      max: 86_400_000,
      zeroIsOff: true,
    }).prefault('1m'),
  })
  .meta({ description: 'Caching of responses of this level.' });

/** All attributes that both levels have. */
function protocolShape(defaults: ProtocolDefaults) {
  return { ...connectionShape(defaults), ...headerShape(defaults), ...bufferShape() };
}

/** `farms.NAME.protocol`. */
export const protocolSchema = z
  .strictObject(protocolShape({ timeout: '30s', preserveHostHeader: true, reverseRewriteHostInResponseHeaders: false }))
  .meta({ description: 'How the router talks with the servers of this farm.' });

/** `proxy`: requests to hosts that are no farm. */
export const proxySchema = z
  .strictObject({
    enabled: flag(
      'Allow rules to send requests to any host, not only to farms. With a rule that takes the host from the request this is an open proxy: bind it to addresses that only your own clients reach.',
    ).prefault(false),
    ...protocolShape({ timeout: '2m', preserveHostHeader: false, reverseRewriteHostInResponseHeaders: true }),
  })
  .meta({ description: 'Requests to hosts that are no farm, as system.webServer/proxy has them.' });
