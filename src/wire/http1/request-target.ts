// The forms of a request target other than origin-form (RFC 9112 3.2): absolute, authority and asterisk.
import { isAuthority } from './authority.ts';
import type { HeadRefusal } from './head-scanner.ts';

export interface SpecialTarget {
  /** '' for the asterisk. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

const ABSOLUTE = /^(https?):\/\/([^/?]*)(.*)$/i;

/** Reads a target that does not begin with `/`; it holds visible ASCII only. */
export function readSpecialTarget(method: string, target: string): SpecialTarget | HeadRefusal {
  if (method === 'CONNECT') {
    return isAuthority(target, 0, target.length) && target.includes(':')
      ? { status: 501, reason: 'CONNECT is not served' }
      : { status: 400, reason: 'the target of CONNECT is no authority' };
  }
  if (target === '*') {
    if (method === 'OPTIONS') return { scheme: '', authority: '', path: '*' };
    return { status: 400, reason: 'the target * belongs to OPTIONS alone' };
  }
  const parts = ABSOLUTE.exec(target);
  if (parts === null) return { status: 400, reason: 'the request target is neither a path nor an http URL' };
  const [, scheme, authority, rest] = parts;
  if (!isAuthority(authority, 0, authority.length))
    return { status: 400, reason: 'the host of the request target is malformed' };
  return { scheme: scheme.toLowerCase(), authority, path: pathOf(method, rest) };
}

/** RFC 9112 3.2.4: OPTIONS of a URL without path and query asks about the whole server. */
function pathOf(method: string, rest: string): string {
  if (rest.startsWith('/')) return rest;
  return rest === '' && method === 'OPTIONS' ? '*' : `/${rest}`;
}
