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
}

const client = (status: number, proxyStatus = 'http_request_error', win32 = 0): ErrorKind => ({
  source: 'client',
  status,
  subStatus: 0,
  proxyStatus,
  win32,
});
/** What the configuration of a site refuses, with the sub-statuses of request filtering in IIS. */
const denied = (status: number, subStatus: number): ErrorKind => ({
  ...client(status, 'http_request_denied'),
  subStatus,
});
const upstream = (proxyStatus: string, win32: number, subStatus = 3): ErrorKind => ({
  source: 'upstream',
  status: 502,
  subStatus,
  proxyStatus,
  win32,
});
const proxy = (status: number, subStatus: number, proxyStatus: string): ErrorKind => ({
  source: 'proxy',
  status,
  subStatus,
  proxyStatus,
  win32: 0,
});

export const errorKinds = {
  badRequest: client(400),
  clientGone: client(400, 'http_request_error', 64),
  requestTimeout: client(408),
  payloadTooLarge: client(413),
  uriTooLong: client(414),
  headersTooLarge: client(431),
  notImplemented: client(501),
  versionNotSupported: client(505),
  doubleEscaped: { ...client(404), subStatus: 11 },
  unknownHost: client(400),
  addressRefused: denied(403, 6),
  addressUnauthorized: denied(401, 0),
  addressNotFound: denied(404, 0),
  urlSequenceDenied: denied(404, 5),
  verbDenied: denied(404, 6),
  extensionDenied: denied(404, 7),
  segmentHidden: denied(404, 8),
  headerTooLong: denied(404, 10),
  highBitDenied: denied(404, 12),
  bodyTooLong: denied(404, 13),
  urlTooLong: denied(404, 14),
  queryTooLong: denied(404, 15),
  querySequenceDenied: denied(404, 18),
  fileNotFound: client(404),
  typeNotServed: { ...client(404), subStatus: 3 },
  notListed: { ...client(403), subStatus: 14 },
  fileNotReadable: { ...client(403), subStatus: 0 },
  methodNotAllowed: client(405),
  preconditionFailed: client(412),
  rangeNotSatisfiable: client(416),

  connectFailed: upstream('connection_refused', 12029),
  connectTimeout: upstream('connection_timeout', 12002),
  nameNotResolved: upstream('dns_error', 12007),
  connectionAborted: upstream('connection_terminated', 12030),
  sendTimeout: upstream('connection_write_timeout', 12002),
  responseTimeout: upstream('http_response_timeout', 12002),
  closedDuringUpload: upstream('connection_terminated', 12030),
  invalidResponse: upstream('http_protocol_error', 12152),
  responseHeadTooLarge: upstream('http_response_header_section_size', 12152),
  incompleteResponse: upstream('http_response_incomplete', 12030),
  serverStopped: upstream('connection_terminated', 12030),
  upgradeRefused: upstream('http_upgrade_failed', 0, 5),

  noServer: proxy(502, 4, 'destination_unavailable'),
  loop: proxy(502, 6, 'proxy_loop_detected'),
  noRoute: proxy(404, 0, 'destination_not_found'),
  webSocketOff: proxy(502, 5, 'http_upgrade_failed'),
  schemeNotServed: proxy(502, 3, 'proxy_configuration_error'),
  siteConfigBroken: proxy(500, 19, 'proxy_configuration_error'),
  siteRuleFailed: proxy(500, 50, 'proxy_configuration_error'),
  ruleFailed: proxy(500, 51, 'proxy_configuration_error'),
  outboundRuleFailed: proxy(500, 52, 'proxy_configuration_error'),
  cachedRuleFailed: proxy(500, 53, 'proxy_configuration_error'),
  boundServerGone: proxy(503, 0, 'destination_unavailable'),
  queueFull: proxy(503, 3, 'connection_limit_reached'),
  queueTimeout: proxy(503, 2, 'connection_limit_reached'),
  connectionLimit: proxy(503, 0, 'connection_limit_reached'),
  stopping: proxy(503, 0, 'connection_terminated'),
  /** With the status of the server, whose page is replaced by one of the site. */
  responseReplaced: proxy(500, 0, 'http_response_status'),
  fileChanged: proxy(500, 0, 'http_response_incomplete'),
  internal: proxy(500, 0, 'proxy_internal_error'),
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
