// Ranges of IP addresses: `10.0.0.0/8`, `fd00::/8`, or one address; and whether an address lies in one.

export interface AddressRange {
  /** @param address as parseAddress() reads it */
  has(address: readonly number[]): boolean;
}

/** @returns null when `text` is no range */
export function parseAddressRange(text: string): AddressRange | null {
  const [address = '', prefixText, more] = text.split('/');
  const first = parseAddress(address);
  if (first === null || more !== undefined) return null;
  const bits = first.length * 8;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return null;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits) return null;
  return {
    has: (other) => other.length === first.length && beginsAlike(first, other, prefix),
  };
}

/** Whether an address is one of this machine alone. */
export function isLoopbackAddress(text: string): boolean {
  const address = parseAddress(text);
  return (
    address !== null &&
    (address.length === 4 ? address[0] === 127 : address.every((byte, i) => byte === (i === 15 ? 1 : 0)))
  );
}

/** Bits of a mask such as 255.255.0.0, or written as a number; null when it is neither, or has gaps. */
export function prefixLength(mask: string): number | null {
  if (/^\/?\d{1,3}$/.test(mask)) return Number(mask.replace('/', ''));
  const bytes = parseAddress(mask);
  if (bytes === null) return null;
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : null;
}

function beginsAlike(a: readonly number[], b: readonly number[], bits: number): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false;
  const rest = bits & 7;
  return rest === 0 || a[whole]! >> (8 - rest) === b[whole]! >> (8 - rest);
}

/** 4 or 16 bytes; null for what is no address. An IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) is that IPv4 address. */
export function parseAddress(text: string): number[] | null {
  if (!text.includes(':')) return ipv4Bytes(text);
  const bytes = ipv6Bytes(text.replace(/%.*$/, ''));
  const isMapped = bytes?.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255)) === true;
  return isMapped ? bytes!.slice(12) : bytes;
}

/** No zeros in front: some programs read such a number to the base of 8, and the system refuses it. */
function ipv4Bytes(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return null;
  return parts.map(Number);
}

function ipv6Bytes(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupBytes) as [number[] | null, number[] | null | undefined];
  if (head === null || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? null : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The groups of one half; the last may be an IPv4 address. */
function groupBytes(half: string): number[] | null {
  if (half === '') return [];
  const bytes: number[] = [];
  const groups = half.split(':');
  for (const [index, group] of groups.entries()) {
    const ipv4 = index === groups.length - 1 && group.includes('.') ? ipv4Bytes(group) : null;
    if (ipv4 !== null) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return null;
  }
  return bytes;
}
