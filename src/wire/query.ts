// Parameters of a query (the query after `?`, as application/x-www-form-urlencoded, WHATWG URL 5.1).
import { pathEnd } from './target.ts';

/** The value of the first parameter called `name` in `target`, as it stands there; null where there is none. */
export function queryValue(target: string, name: string): string | null {
  let start = pathEnd(target) + 1;
  while (start < target.length) {
    const next = target.indexOf('&', start);
    const end = next === -1 ? target.length : next;
    const equals = target.indexOf('=', start);
    const nameEnd = equals === -1 || equals > end ? end : equals;
    if (isNamed(target.slice(start, nameEnd), name)) return nameEnd === end ? '' : target.slice(nameEnd + 1, end);
    start = end + 1;
  }
  return null;
}

function isNamed(written: string, name: string): boolean {
  if (written === name) return true;
  if (!written.includes('%') && !written.includes('+')) return false;
  try {
    return decodeURIComponent(written.replaceAll('+', ' ')) === name;
  } catch {
    return false; // no UTF-8: nobody can have written such a name
  }
}
