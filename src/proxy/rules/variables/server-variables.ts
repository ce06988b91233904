// The server variables that rules read, and what each means here (url-rewrite.md 8, arr.md 14). Those of an
// authenticated user are empty: there is none. Those of a site stand in site-variables.ts, those of TLS in tls-variables.ts.
import { hostName } from '../../../wire/http1/authority.ts';
import { FieldKind } from '../../../wire/http1/fields.ts';
import type { RuleRun } from '../rule-run.ts';
import { markAsData } from '../url-text.ts';
import { SITE_VARIABLES } from './site-variables.ts';
import { TLS_VARIABLES } from './tls-variables.ts';
import type { ReadVariable } from './variable-part.ts';

const method: ReadVariable = (run) => run.ctx.inbound.method;
const protocol: ReadVariable = (run) => `HTTP/1.${run.ctx.inbound.minorVersion}`;
const path: ReadVariable = (run) => run.path;
const clientAddress: ReadVariable = (run) => run.ctx.clientAddress;
const localAddress: ReadVariable = (run) => run.ctx.connection.localAddress;
/** As it came: nothing decoded, whatever earlier rules did. */
const received: ReadVariable = (run) => run.ctx.inbound.path;

/** By name; looked up when an expression is compiled. */
export const SERVER_VARIABLES: Readonly<Record<string, ReadVariable>> = {
  ALL_HTTP: (run) => allFields(run, (name, value) => `HTTP_${name.toUpperCase().replaceAll('-', '_')}:${value}\n`),
  ALL_RAW: (run) => allFields(run, (name, value) => `${name}: ${value}\n`),
  CACHE_URL: (run) => ownOrigin(run) + withQuery(run, run.path),
  CONTENT_LENGTH: (run) => run.ctx.inbound.fieldOfKind(FieldKind.contentLength) ?? '0',
  CONTENT_TYPE: (run) => run.ctx.inbound.fieldOfKind(FieldKind.contentType) ?? '',
  GATEWAY_INTERFACE: () => 'CGI/1.1',
  HTTPS: (run) => (run.ctx.secure ? 'on' : 'off'),
  HTTP_METHOD: method,
  HTTP_URL: received,
  HTTP_VERSION: protocol,
  LOCAL_ADDR: localAddress,
  PATH_INFO: path,
  QUERY_STRING: (run) => run.query,
  REMOTE_ADDR: clientAddress,
  REMOTE_HOST: clientAddress,
  REMOTE_PORT: (run) => (run.ctx.clientPort === 0 ? '' : String(run.ctx.clientPort)),
  REQUEST_METHOD: method,
  REQUEST_URI: (run) => withQuery(run, run.path),
  SCRIPT_NAME: path,
  SERVER_ADDR: localAddress,
  SERVER_NAME: (run) => hostName(run.ctx.inbound.host) || localAddress(run),
  SERVER_PORT: (run) => String(run.ctx.binding?.port ?? run.ctx.connection.localPort),
  SERVER_PORT_SECURE: (run) => (run.ctx.secure ? '1' : '0'),
  SERVER_PROTOCOL: protocol,
  SERVER_SOFTWARE: () => 'Narrows',
  UNENCODED_URL: received,
  URL: path,
  URL_PATH_INFO: path,
  ...SITE_VARIABLES,
  ...TLS_VARIABLES,
};

const pathInUrl: ReadVariable = (run) => markAsData(run.path);

/** Of the variables that hold the decoded path: the same, where its `?`, `#` and `%` must stay data. */
export const SERVER_VARIABLES_IN_URL: Readonly<Record<string, ReadVariable>> = {
  CACHE_URL: (run) => ownOrigin(run) + withQuery(run, markAsData(run.path)),
  PATH_INFO: pathInUrl,
  REQUEST_URI: (run) => withQuery(run, markAsData(run.path)),
  SCRIPT_NAME: pathInUrl,
  URL: pathInUrl,
  URL_PATH_INFO: pathInUrl,
};

/** Names that are always empty here; anything else that is unknown is probably a slip. */
export const EMPTY_VARIABLES: ReadonlySet<string> = new Set([
  ...['APP_POOL_ID', 'MANAGED_PIPELINE_MODE', 'AUTH_PASSWORD', 'AUTH_TYPE', 'AUTH_USER', 'LOGON_USER', 'REMOTE_USER'],
  ...['CRYPT_HASH_ALG_ID', 'CRYPT_KEYEXCHANGE_ALG_ID', 'SSI_EXEC_DISABLED', 'ARR_CACHE_CONTROL_OVERRIDE'],
]);

/** `https://www.example.com:8443`, as the client sees us; '' when it did not say whom it called. */
export function ownOrigin(run: RuleRun): string {
  const { host } = run.ctx.inbound;
  return host === '' ? '' : `${run.ctx.secure ? 'https' : 'http'}://${host}`;
}

function withQuery(run: RuleRun, path: string): string {
  return run.query === '' ? path : `${path}?${run.query}`;
}

function allFields(run: RuleRun, line: (name: string, value: string) => string): string {
  const { inbound } = run.ctx;
  let text = '';
  for (let i = 0; i < inbound.fieldCount; i++) text += line(inbound.nameAt(i), inbound.valueAt(i));
  return text;
}
