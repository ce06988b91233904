// What ARR appends to the query in a W3C log (arr.md 4.5): taken off, and read.

const OWN = /^(?:X-ARR-CACHE-HIT|SERVER-ROUTED|X-ARR-LOG-ID|SERVER-STATUS)=/;

export interface LoggedQuery {
  /** As the client sent it, without `?`; '' for none. */
  query: string;
  /** Whether anything was appended. */
  hasSuffix: boolean;
  /** The server that the request went to; '' where it is not named; null: it went to none. */
  routed: string | null;
}

/** @param field cs-uri-query as logged, '-' for none */
export function readLoggedQuery(field: string): LoggedQuery {
  if (field === '-') return { query: '', hasSuffix: false, routed: null };
  const parts = field.split('&');
  let end = parts.length;
  let routed: string | null = null;
  for (; end > 0 && OWN.test(parts[end - 1]!); end--) {
    const [name, value] = splitOnce(parts[end - 1]!);
    if (name === 'SERVER-ROUTED') routed = value;
    // The cache and the server's status are told of requests that were on their way to a farm.
    else if (name !== 'X-ARR-LOG-ID') routed ??= '';
  }
  const query = parts.slice(0, end).join('&');
  return { query: query === '-' ? '' : query, hasSuffix: end < parts.length, routed };
}

function splitOnce(part: string): [name: string, value: string] {
  const at = part.indexOf('=');
  return [part.slice(0, at), part.slice(at + 1)];
}
