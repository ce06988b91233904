// Variables of Apache, as in `%{HTTP_HOST}` → what they are called here, and what differs (url-rewrite.md 8 and 20).

export interface ConvertedVariable {
  /** An expression; '' where it never has a value. */
  expression: string;
  /** How it differs; absent: it does not. */
  note?: string;
  /** A rewrite map that the expression needs. */
  needs?: 'RequestScheme';
}

const SAME = new Set([
  ...['DOCUMENT_ROOT', 'HTTP_ACCEPT', 'HTTP_COOKIE', 'HTTP_FORWARDED', 'HTTP_HOST', 'HTTP_PROXY_CONNECTION'],
  ...['HTTP_REFERER', 'HTTP_USER_AGENT', 'HTTPS', 'QUERY_STRING', 'REMOTE_ADDR', 'REMOTE_PORT', 'REQUEST_METHOD'],
  ...['SCRIPT_FILENAME', 'SERVER_ADDR', 'SERVER_NAME', 'SERVER_PORT', 'SERVER_PROTOCOL', 'REQUEST_FILENAME'],
]);

const nobody = 'nobody is signed in here: it is always empty';

const OTHERS: Readonly<Record<string, ConvertedVariable>> = {
  REQUEST_URI: { expression: '{URL}' }, // Apache's has no query
  SCRIPT_URL: { expression: '{URL}' },
  THE_REQUEST: { expression: '{REQUEST_METHOD} {UNENCODED_URL} {SERVER_PROTOCOL}' },
  REQUEST_SCHEME: { expression: '{RequestScheme:{HTTPS}}', needs: 'RequestScheme' },
  CONTEXT_DOCUMENT_ROOT: { expression: '{DOCUMENT_ROOT}' },
  CONTEXT_PREFIX: { expression: '' },
  IS_SUBREQ: { expression: 'false' },
  CONN_REMOTE_ADDR: { expression: '{REMOTE_ADDR}', note: 'behind a trusted proxy it is the client, not the proxy' },
  REMOTE_HOST: { expression: '{REMOTE_HOST}', note: 'names are not looked up: it is the address' },
  REMOTE_USER: { expression: '{REMOTE_USER}', note: nobody },
  AUTH_TYPE: { expression: '{AUTH_TYPE}', note: nobody },
  PATH_INFO: { expression: '{PATH_INFO}', note: 'here it is the whole path' },
  SERVER_SOFTWARE: { expression: '{SERVER_SOFTWARE}', note: 'the name of another program' },
};

/** Null for one that does not exist here. */
export function convertVariable(written: string): ConvertedVariable | null {
  const upper = written.toUpperCase();
  if (SAME.has(upper)) return { expression: `{${upper}}` };
  if (Object.hasOwn(OTHERS, upper)) return OTHERS[upper]!;
  const [, kind, name = ''] = /^(HTTP|ENV|SSL):(.*)$/s.exec(upper) ?? [];
  if (kind === 'HTTP' && /^[!#$%&'*+.^_`|~0-9A-Z-]+$/.test(name))
    return { expression: `{HTTP_${name.replaceAll('-', '_')}}` };
  if (kind !== undefined && name === 'HTTPS') return { expression: '{HTTPS}' };
  // Set by Apache when it runs the rules once more on what they rewrote; here they run once.
  if (kind === 'ENV' && name.startsWith('REDIRECT_')) return { expression: '' };
  return null;
}
