// host[:port] as it stands in Host and in absolute targets (RFC 3986 3.2, RFC 9110 4.2): no user information, and not empty.
import { printable } from '../../base/printable.ts';
import { COLON, HEX_PLUS_ONE, REG_NAME_BYTE } from './byte-classes.ts';

const PERCENT = 0x25;
const OPENING_BRACKET = 0x5b;
const MAX_PORT = 65_535;
/** A name has at most 253 characters (RFC 1035 2.3.4); here each may be escaped. What rules put together of Host stays short. */
const LONGEST = 1024;

/**
 * Whether text[start, end) is a registered name, an IPv4 address or an [IPv6] address, with or without a port.
 * It looks into the whole text because every request has a Host, and a string of its own would cost more than the look.
 */
export function isAuthority(text: string, start: number, end: number): boolean {
  if (end - start > LONGEST) return false;
  const isBracketed = text.charCodeAt(start) === OPENING_BRACKET;
  const hostEnd = isBracketed ? endOfBrackets(text, start, end) : endOfName(text, start, end);
  return hostEnd > start && (hostEnd === end || isPortPart(text, hostEnd, end));
}

/** The host of `host[:port]`; an IPv6 address keeps its brackets. */
export function hostName(authority: string): string {
  return authority.replace(/:\d*$/, '');
}

/** `authority` in lower case and without the default port of `scheme`: equal for equal places. */
export function comparableAuthority(authority: string, scheme: string): string {
  const port = scheme === 'https' ? ':443' : ':80';
  const lower = authority.toLowerCase();
  if (lower.endsWith(port)) return lower.slice(0, -port.length);
  return lower.endsWith(':') ? lower.slice(0, -1) : lower;
}

/** Index of the first character that is not part of a registered name. */
function endOfName(text: string, start: number, end: number): number {
  let at = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (REG_NAME_BYTE[code] === 1) continue;
    if (code !== PERCENT || at + 2 >= end || !isHex(text, at + 1) || !isHex(text, at + 2)) break;
    at += 2;
  }
  return at;
}

function isHex(text: string, at: number): boolean {
  return HEX_PLUS_ONE[text.charCodeAt(at)] > 0;
}

/** Index after the closing bracket of an IPv6 address; `start` when there is none. */
function endOfBrackets(text: string, start: number, end: number): number {
  const closing = text.indexOf(']', start);
  return closing > 0 && closing < end && isIPv6(text.slice(start + 1, closing)) ? closing + 1 : start;
}

/** RFC 3986 3.2.2: eight groups, or fewer around one `::`; the last two may be an IPv4 address. No zone. */
function isIPv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const endsInIPv4 = last.includes('.') && !text.endsWith('::');
  if (endsInIPv4) groups.pop();
  const count = groups.length + (endsInIPv4 ? 2 : 0);
  return (
    (halves.length === 2 ? count <= 7 : count === 8) &&
    groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) &&
    (!endsInIPv4 || isIPv4(last))
  );
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Whether text[start, end) is a colon and the digits of a port, which may be missing (RFC 3986 3.2.3). */
function isPortPart(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) !== COLON) return false;
  let port = 0;
  for (let at = start + 1; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
    if (port > MAX_PORT) return false;
  }
  return true;
}

/** Why no Host field may hold `text`: it is host, or host:port, in ASCII (RFC 9110 7.2), other letters as xn--… (RFC 3492); null: it may. */
export function hostFault(text: string): string | null {
  return isAuthority(text, 0, text.length) ? null : `"${printable(text)}" is not the name of a host`;
}
