// The PROXY protocol header, versions 1 (text) and 2 (binary): with it a load balancer that passes connections on says
// who the client is (the specification of HAProxy, doc/proxy-protocol.txt, sections 2.1 and 2.2).
import { Buffer } from 'node:buffer';
import { parseAddress } from '../base/address-range.ts';
import { type ProxyTlvs, readTlvs } from './proxy-tlvs.ts';

export interface Endpoint {
  /** IPv4 or IPv6, as text. */
  readonly address: string;
  readonly port: number;
}

export interface ProxyHeader {
  /** Bytes that it takes; what follows is the client's. */
  readonly length: number;
  /** Null where the sender speaks for itself (LOCAL), or does not know (UNKNOWN): the connection's own addresses hold. */
  readonly client: Endpoint | null;
  /** Where the client connected to; null as `client` is. */
  readonly destination: Endpoint | null;
  /** Null where there are none. */
  readonly tlvs: ProxyTlvs | null;
}

/** Version 1 is at most this long, with CRLF (section 2.1). */
const LONGEST_V1 = 107;
/** Version 2 may say up to 64 KiB; addresses and what senders are known to add (certificate fields) stay far below this. */
const LONGEST_V2 = 4096;
const V1_START = Buffer.from('PROXY ', 'latin1');
const V2_START = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_FIXED = 16;
const UNTOLD = { client: null, destination: null, tlvs: null };

/**
 * @param bytes all that has come on the connection
 * @returns the header; null while it is not whole; 'malformed' when it never will be one
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | null | 'malformed' {
  if (beginsWith(bytes, V2_START)) return bytes.length < V2_FIXED ? null : readBinary(bytes);
  if (beginsWith(bytes, V1_START)) return readText(bytes);
  return 'malformed';
}

/** As far as both reach. */
function beginsWith(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readText(bytes: Buffer): ProxyHeader | null | 'malformed' {
  const end = bytes.subarray(0, LONGEST_V1).indexOf('\r\n');
  if (end < 0) return bytes.length < LONGEST_V1 ? null : 'malformed';
  const words = bytes.toString('latin1', 0, end).split(' ');
  const length = end + 2;
  if (words[1] === 'UNKNOWN') return { length, ...UNTOLD }; // whatever follows is to be ignored (section 2.1)
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = ''] = words;
  const size = family === 'TCP4' ? 4 : family === 'TCP6' ? 16 : 0;
  const client = size === 0 || words.length !== 6 ? null : textEndpoint(source, sourcePort, size);
  const told = textEndpoint(destination, destinationPort, size);
  return client === null || told === null ? 'malformed' : { length, client, destination: told, tlvs: null };
}

function textEndpoint(address: string, port: string, size: number): Endpoint | null {
  const bytes = /^[0-9A-Fa-f:.]+$/.test(address) ? parseAddress(address) : null;
  const isMapped = size === 16 && bytes?.length === 4 && address.includes(':');
  if (bytes === null || (bytes.length !== size && !isMapped)) return null;
  return /^(0|[1-9]\d{0,4})$/.test(port) && Number(port) <= 65_535
    ? { address: addressText(bytes), port: Number(port) }
    : null;
}

function readBinary(bytes: Buffer): ProxyHeader | null | 'malformed' {
  const command = bytes[12]!;
  const family = bytes[13]! >> 4;
  const payload = bytes.readUInt16BE(14);
  const length = V2_FIXED + payload;
  if (command >> 4 !== 2 || (command & 15) > 1 || length > LONGEST_V2) return 'malformed';
  if (bytes.length < length) return null;
  if ((command & 15) === 0) return { length, ...UNTOLD };
  const size = family === 1 ? 4 : family === 2 ? 16 : 0;
  if (size === 0) return { length, ...UNTOLD }; // AF_UNSPEC, AF_UNIX: no address of a network (section 2.2)
  const end = V2_FIXED + 2 * size + 4;
  if (length < end) return 'malformed';
  const tlvs = end === length ? null : readTlvs(bytes.subarray(0, length), end);
  if (tlvs === null && end < length) return 'malformed';
  const endpoint = (at: number, portAt: number): Endpoint => ({
    address: addressText([...bytes.subarray(at, at + size)]),
    port: bytes.readUInt16BE(portAt),
  });
  const client = endpoint(V2_FIXED, end - 4);
  return { length, client, destination: endpoint(V2_FIXED + size, end - 2), tlvs };
}

/** @param bytes 4 or 16; an IPv4 address inside an IPv6 one is written as that */
function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255))) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[2 * index]! << 8) | bytes[2 * index + 1]!).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
