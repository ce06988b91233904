// The catalogue of what can go wrong with a request: who failed, the status and ARR sub-status (arr.md 11.2), the
// error type of Proxy-Status (RFC 9209 section 2.3), and the win32 code that ARR logs for it.

export type FailedSide = 'client' | 'upstream' | 'proxy';

export interface ErrorKind {
  readonly source: FailedSide;
  readonly status: number;
  readonly subStatus: number;
  /** RFC 9209 error type. */
  readonly proxyStatus: string;
  /** The win32 status that IIS logs write for it; 0 where there is none. */
  readonly win32: number;
  /** When it happens, for docs/errors.md. */
  readonly cause: string;
}

type Unexplained = Omit<ErrorKind, 'cause'>;

const client = (status: number, proxyStatus = 'http_request_error', win32 = 0): Unexplained => ({
  source: 'client',
  status,
  subStatus: 0,
  proxyStatus,
  win32,
});
/** What the configuration of a site refuses, with the sub-statuses of request filtering in IIS. */
const denied = (status: number, subStatus: number): Unexplained => ({
  ...client(status, 'http_request_denied'),
  subStatus,
});
const upstream = (proxyStatus: string, win32: number, subStatus = 3): Unexplained => ({
  source: 'upstream',
  status: 502,
  subStatus,
  proxyStatus,
  win32,
});
const proxy = (status: number, subStatus: number, proxyStatus: string): Unexplained => ({
  source: 'proxy',
  status,
  subStatus,
  proxyStatus,
  win32: 0,
});

const because = (kind: Unexplained, cause: string): ErrorKind => ({ ...kind, cause });

export const errorKinds = {
  badRequest: because(client(400), 'The request breaks the rules of HTTP, or could be understood in two ways.'),
  clientGone: because(
    client(400, 'http_request_error', 64),
    'The client left before it was answered. Nobody sees this answer; the log has it.',
  ),
  requestTimeout: because(client(408), 'The client did not send its request in time.'),
  payloadTooLarge: because(client(413), 'The body of the request is longer than limits.requestBody.'),
  uriTooLong: because(client(414), 'The URL is longer than limits.requestLine, or than what rules take.'),
  headersTooLarge: because(
    client(431),
    'The header is longer than limits.headerBytes, or has more fields than limits.headerCount.',
  ),
  notImplemented: because(
    client(501),
    'The request asks for something of HTTP that is not carried out here, such as CONNECT.',
  ),
  versionNotSupported: because(client(505), 'The request is of another version of HTTP than 1.0 and 1.1.'),
  doubleEscaped: because(
    { ...client(404), subStatus: 11 },
    'The URL means something else when it is decoded twice, and allowDoubleEscaping is false.',
  ),
  unknownHost: because(client(400), 'No binding of a site has the host and port, and unmatchedHost is refuse.'),
  clientCertificateMissing: because(
    denied(403, 7),
    'The listener (tls.clientCertificates) or the site (access.sslFlags) requires a certificate of the client, and it showed none.',
  ),
  clientCertificateRevoked: because(denied(403, 13), 'The certificate of the client has been revoked.'),
  clientCertificateUntrusted: because(
    denied(403, 16),
    'None of tls.clientAuthorities stands for the certificate of the client, or it is not in order.',
  ),
  clientCertificateExpired: because(denied(403, 17), 'The certificate of the client has expired, or is not valid yet.'),
  notByTls: because(denied(403, 4), 'access.sslFlags of the site asks for https, and the request came without.'),
  addressRefused: because(denied(403, 6), 'ipSecurity of the site refuses the address of the client.'),
  addressUnauthorized: because(
    denied(401, 0),
    'ipSecurity of the site refuses the address of the client, and answers Unauthorized.',
  ),
  addressNotFound: because(
    denied(404, 0),
    'ipSecurity of the site refuses the address of the client, and answers NotFound.',
  ),
  urlSequenceDenied: because(denied(404, 5), 'requestFiltering denies a sequence in the URL.'),
  verbDenied: because(denied(404, 6), 'requestFiltering denies the method.'),
  extensionDenied: because(denied(404, 7), 'requestFiltering denies the extension of the file.'),
  segmentHidden: because(denied(404, 8), 'requestFiltering hides a segment of the path.'),
  headerTooLong: because(denied(404, 10), 'A header is longer than requestFiltering allows.'),
  highBitDenied: because(denied(404, 12), 'The URL has characters beyond ASCII, and allowHighBitCharacters is false.'),
  bodyTooLong: because(denied(404, 13), 'The body is longer than requestLimits.maxAllowedContentLength.'),
  urlTooLong: because(denied(404, 14), 'The URL is longer than requestLimits.maxUrl.'),
  queryTooLong: because(denied(404, 15), 'The query is longer than requestLimits.maxQueryString.'),
  querySequenceDenied: because(denied(404, 18), 'requestFiltering denies a sequence in the query.'),
  fileNotFound: because(client(404), 'The site has no such file.'),
  typeNotServed: because(
    { ...client(404), subStatus: 3 },
    'The site has the file, and no type for its extension in staticContent.',
  ),
  notListed: because(
    { ...client(403), subStatus: 14 },
    'The URL is a folder without a default document, and folders are not listed.',
  ),
  fileNotReadable: because({ ...client(403), subStatus: 0 }, 'The router may not read the file.'),
  methodNotAllowed: because(client(405), 'Files are answered to GET, HEAD and OPTIONS.'),
  preconditionFailed: because(client(412), 'If-Match or If-Unmodified-Since does not hold for the file.'),
  rangeNotSatisfiable: because(client(416), 'The range that is asked for is outside the file.'),

  connectFailed: because(upstream('connection_refused', 12029), 'No connection could be made to the server.'),
  connectTimeout: because(
    upstream('connection_timeout', 12002),
    'No connection could be made to the server within protocol.timeout (to an origin: proxy.timeout) or retry.perTryTimeout, or the system gave up before (ETIMEDOUT).',
  ),
  nameNotResolved: because(upstream('dns_error', 12007), 'The name of the server has no address.'),
  certificateRefused: because(
    upstream('tls_certificate_error', 12175),
    'The certificate of the server is not what protocol.tls wants: the reason says what is wrong with it.',
  ),
  tlsFailed: because(
    upstream('tls_protocol_error', 12175),
    'The TLS handshake with the server failed, or what it sent later is not TLS.',
  ),
  tlsAlert: because(
    upstream('tls_alert_received', 12175),
    'The server refused the TLS handshake: it wants a client certificate, another version or another cipher.',
  ),
  connectionAborted: because(
    upstream('connection_terminated', 12030),
    'The server closed or broke the connection before it answered.',
  ),
  sendTimeout: because(
    upstream('connection_write_timeout', 12002),
    'The server stopped reading the request for protocol.timeout (of an origin: proxy.timeout).',
  ),
  responseTimeout: because(
    upstream('http_response_timeout', 12002),
    'The server did not answer, or stopped answering, for protocol.timeout (of an origin: proxy.timeout) or retry.perTryTimeout.',
  ),
  closedDuringUpload: because(
    upstream('connection_terminated', 12030),
    'The server closed the connection while the request was sent to it, and did not answer.',
  ),
  invalidResponse: because(upstream('http_protocol_error', 12152), 'What the server sent is no response of HTTP.'),
  responseHeadTooLarge: because(
    upstream('http_response_header_section_size', 12152),
    'The header of the response is longer than protocol.maxResponseHeaderSize.',
  ),
  incompleteResponse: because(
    upstream('http_response_incomplete', 12030),
    'The server broke off its response. The client sees a connection that breaks off.',
  ),
  serverStopped: because(
    upstream('connection_terminated', 12030),
    'An operator stopped the server at once (ForcefulStop) while it was at work on the request.',
  ),
  upgradeRefused: because(
    upstream('http_upgrade_failed', 0, 5),
    'The server switched protocols without being asked, or with a 101 that does not answer what was asked.',
  ),

  sessionBroken: because(
    { ...upstream('connection_terminated', 12030), status: 101, subStatus: 0 },
    'The server broke off a session that had begun with 101. Nobody sees this answer; the log has it.',
  ),

  noServer: because(
    proxy(502, 4, 'destination_unavailable'),
    'The farm is offline, or none of its servers takes new work.',
  ),
  loop: because(
    proxy(502, 6, 'proxy_loop_detected'),
    'Max-Forwards is used up: the request went round through routers.',
  ),
  noRoute: because(proxy(404, 0, 'destination_not_found'), 'No rule, farm, site or origin takes the request.'),
  webSocketOff: because(proxy(502, 5, 'http_upgrade_failed'), 'webSocket.enabled of the site is false.'),
  siteConfigBroken: because(
    proxy(500, 19, 'proxy_configuration_error'),
    'A web.config above the URL has a fault. The log says which.',
  ),
  siteRuleFailed: because(proxy(500, 50, 'proxy_configuration_error'), 'A rule of the site could not be carried out.'),
  ruleFailed: because(proxy(500, 51, 'proxy_configuration_error'), 'A global rule could not be carried out.'),
  outboundRuleFailed: because(
    proxy(500, 52, 'proxy_configuration_error'),
    'An outbound rule could not be carried out.',
  ),
  cachedRuleFailed: because(
    proxy(500, 53, 'proxy_configuration_error'),
    'An outbound rule before the cache could not be carried out.',
  ),
  boundServerGone: because(
    proxy(503, 0, 'destination_unavailable'),
    'The server that the client is bound to takes no requests, and affinity.whenServerGone is refuse.',
  ),
  queueFull: because(
    proxy(503, 3, 'connection_limit_reached'),
    'Servers have their maxRequests, and so many requests wait already as queue.length says.',
  ),
  queueTimeout: because(
    proxy(503, 2, 'connection_limit_reached'),
    'The request got no place at a server (maxRequests) within queue.timeout.',
  ),
  sessionStopped: because(
    proxy(101, 0, 'connection_terminated'),
    'A session was closed because an operator stopped its server, or the router stopped. Nobody sees this answer; the log has it.',
  ),
  sessionIdle: because(
    proxy(101, 0, 'connection_timeout'),
    'A session was closed after protocol.upgrade.idleTimeout, or because one side had ended and the other sent nothing for as long (protocol.timeout where there is no idleTimeout). Nobody sees this answer; the log has it.',
  ),
  farmOffline: because(proxy(503, 0, 'destination_unavailable'), 'The farm is offline, and has a maintenancePage.'),
  connectionLimit: because(
    proxy(503, 0, 'connection_limit_reached'),
    'The router has limits.connections connections of clients already.',
  ),
  stopping: because(proxy(503, 0, 'connection_terminated'), 'The router stops.'),
  responseReplaced: because(
    proxy(500, 0, 'http_response_status'),
    'The server answered with an error whose page the site replaces (httpErrors). Has the status of the server.',
  ),
  fileChanged: because(proxy(500, 0, 'http_response_incomplete'), 'The file changed while it was sent.'),
  internal: because(proxy(500, 0, 'proxy_internal_error'), 'A fault of the router. The log has more.'),
} satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** A failure of one request. `reason` is for people: it names what failed and, where known, why. */
export class ProxyError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  /** Fields that its answer must have, such as Allow. */
  readonly fields: readonly (readonly [name: string, value: string])[];

  /** @param status where it is another one than that of the catalogue */
  constructor(code: ErrorCode, reason: string, cause?: unknown, fields: ProxyError['fields'] = [], status?: number) {
    super(reason, cause === undefined ? undefined : { cause });
    this.code = code;
    this.kind = status === undefined ? errorKinds[code] : { ...errorKinds[code], status };
    this.fields = fields;
  }
}

/** Anything that is not a ProxyError is a fault of ours. An extension may have the class from another copy of the package. */
export function asProxyError(error: unknown): ProxyError {
  if (error instanceof ProxyError) return error;
  if (isLikeOne(error)) return new ProxyError(error.code, error.message, error.cause, error.fields ?? []);
  return new ProxyError('internal', 'something in the router failed', error);
}

function isLikeOne(error: unknown): error is ProxyError {
  const { code, kind } = error instanceof Error ? (error as Partial<ProxyError>) : {};
  return kind !== undefined && code !== undefined && Object.hasOwn(errorKinds, code);
}

/** A web.config above the request has a fault. What it says is not for clients. @param folder with the URL path `path` */
export function siteConfigBroken({ path }: { path: string }): ProxyError {
  return new ProxyError('siteConfigBroken', `the web.config of ${path} has a fault, which the log of the router tells`);
}

/** The refusal of a body that is longer than the site allows, by its head or as it comes. */
export function bodyTooLong(limit: number): ProxyError {
  const key = 'requestFiltering.requestLimits.maxAllowedContentLength';
  return new ProxyError('bodyTooLong', `the body is longer than ${limit} bytes (${key})`);
}
