// Server variables and what logs tell of them: which header one is, and how to speak of it.

/** The user, the certificate, the whole head, the port of the client: no log tells them so that they can be asked again. */
export const UNLOGGED_VARIABLES: ReadonlySet<string> = new Set([
  ...['ALL_HTTP', 'ALL_RAW', 'AUTH_PASSWORD', 'AUTH_TYPE', 'AUTH_USER', 'LOGON_USER', 'REMOTE_USER'],
  ...['CERT_COOKIE', 'CERT_FLAGS', 'CERT_ISSUER', 'CERT_KEYSIZE', 'CERT_SECRETKEYSIZE', 'CERT_SERIALNUMBER'],
  ...['CERT_SERVER_ISSUER', 'CERT_SERVER_SUBJECT', 'CERT_SUBJECT', 'LOCAL_ADDR', 'SERVER_ADDR', 'REMOTE_PORT'],
]);

const NO_HEADERS: ReadonlySet<string> = new Set(['HTTP_METHOD', 'HTTP_URL', 'HTTP_VERSION', 'HTTP_X_ORIGINAL_URL']);
const HEADERS: Readonly<Record<string, string>> = {
  CONTENT_TYPE: 'content-type',
  CONTENT_LENGTH: 'content-length',
  SERVER_NAME: 'host',
};

/** The request header that `variable` (upper-case) reads, lower-case; null when it reads none. */
export function headerOf(variable: string): string | null {
  if (variable.startsWith('HTTP_') && !NO_HEADERS.has(variable))
    return variable.slice('HTTP_'.length).replaceAll('_', '-').toLowerCase();
  return Object.hasOwn(HEADERS, variable) ? HEADERS[variable]! : null;
}

/** `header x-tenant`, or the variable itself. */
export function wordsFor(variable: string): string {
  const header = headerOf(variable);
  return header === null ? `{${variable}}` : `header ${header}`;
}
