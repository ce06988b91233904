// PROXY headers for servers: who the client is that the connection is passed on for (the specification of HAProxy,
// doc/proxy-protocol.txt, sections 2.1 and 2.2).
import { Buffer } from 'node:buffer';
import { parseAddress } from '../base/address-range.ts';
import { crc32c } from './crc32c.ts';
import type { Endpoint } from './proxy-header.ts';
import { TLV, tlv } from './proxy-tlvs.ts';

export type ProxyProtocol = 'off' | 'v1' | 'v2';

/** Whom the header is for. */
export interface ProxiedClient {
  /** The address is '' where it is not known: on a Unix socket. */
  readonly source: Endpoint;
  /** Where the client connected to. */
  readonly destination: Endpoint;
  /** The host name that the client asked for by TLS; '' where that is not known. */
  readonly authority: string;
  /** At most 128 bytes. */
  readonly uniqueId: string;
  /** TLVs of the header that the client came with, which go before ours; null where there are none. */
  readonly passedOn: Buffer | null;
}

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const VERSION = 0x20;
const PROXY = 1;
const STREAM = 1;
const MAPPED = [...Array<number>(10).fill(0), 255, 255];

/** What a health test says, which is for no client: LOCAL, or UNKNOWN. */
export function localHeader(protocol: Exclude<ProxyProtocol, 'off'>): Buffer {
  return protocol === 'v1'
    ? Buffer.from('PROXY UNKNOWN\r\n', 'latin1')
    : Buffer.concat([SIGNATURE, Buffer.from([VERSION, 0, 0, 0])]);
}

export function proxyHeader(protocol: Exclude<ProxyProtocol, 'off'>, client: ProxiedClient): Buffer {
  const source = parseAddress(client.source.address);
  const destination = parseAddress(client.destination.address);
  if (source === null || destination === null) return localHeader(protocol);
  return protocol === 'v1' ? text(client) : full(client, source, destination);
}

/** An IPv4 address beside an IPv6 one is written inside one. */
function text({ source, destination }: ProxiedClient): Buffer {
  const isIPv6 = source.address.includes(':') || destination.address.includes(':');
  const address = (told: string) => (isIPv6 && !told.includes(':') ? `::ffff:${told}` : told);
  const words = [address(source.address), address(destination.address), source.port, destination.port].join(' ');
  return Buffer.from(`PROXY ${isIPv6 ? 'TCP6' : 'TCP4'} ${words}\r\n`, 'latin1');
}

function full(client: ProxiedClient, source: number[], destination: number[]): Buffer {
  const isIPv6 = source.length === 16 || destination.length === 16;
  const wide = (address: number[]) => (isIPv6 && address.length === 4 ? [...MAPPED, ...address] : address);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(client.source.port, 0);
  ports.writeUInt16BE(client.destination.port, 2);
  const addresses = Buffer.concat([Buffer.from([...wide(source), ...wide(destination)]), ports]);
  return binary(VERSION | PROXY, ((isIPv6 ? 2 : 1) << 4) | STREAM, addresses, tlvsOf(client));
}

/** What came is not told a second time. */
function tlvsOf({ authority, uniqueId, passedOn }: ProxiedClient): Buffer[] {
  const told = new Set<number>();
  for (let at = 0; passedOn !== null && at < passedOn.length; at += 3 + passedOn.readUInt16BE(at + 1))
    told.add(passedOn[at]!);
  const tlvs = passedOn === null ? [] : [passedOn];
  if (authority !== '' && !told.has(TLV.authority)) tlvs.push(tlv(TLV.authority, Buffer.from(authority, 'utf8')));
  if (!told.has(TLV.uniqueId)) tlvs.push(tlv(TLV.uniqueId, Buffer.from(uniqueId, 'latin1')));
  return tlvs;
}

/** With its checksum as the last TLV. */
function binary(command: number, family: number, addresses: Buffer, tlvs: Buffer[]): Buffer {
  const sum = tlv(TLV.crc32c, Buffer.alloc(4));
  const payload = Buffer.concat([addresses, ...tlvs, sum]);
  const fixed = Buffer.from([command, family, payload.length >> 8, payload.length & 255]);
  const header = Buffer.concat([SIGNATURE, fixed, payload]);
  header.writeUInt32BE(crc32c(header), header.length - 4);
  return header;
}
