// What a PROXY header of version 2 says beside addresses, as type, length and value (the specification of HAProxy,
// doc/proxy-protocol.txt, section 2.2).
import { Buffer } from 'node:buffer';
import { serverNameIn } from './client-hello.ts';
import { crc32c } from './crc32c.ts';

export const TLV = { alpn: 0x01, authority: 0x02, crc32c: 0x03, uniqueId: 0x05, ssl: 0x20 } as const;
const OF_SSL = { version: 0x21, commonName: 0x22, cipher: 0x23 } as const;

/** Of PP2_TYPE_SSL: the client spoke TLS; it showed a certificate, on this connection or in this session. */
const CLIENT_SSL = 1;
const CLIENT_CERTIFICATE = 2 | 4;

const LONGEST_UNIQUE_ID = 128;
const CRC_LENGTH = 4;

/** The TLS that the client spoke with the sender. */
export interface ProxiedSsl {
  /** Such as `TLSv1.3`; '' where it is not told. */
  readonly version: string;
  readonly cipher: string;
  /** Of the client's certificate; '' where there is none. */
  readonly commonName: string;
  /** The client showed a certificate, and it was in order. */
  readonly verified: boolean;
}

export interface ProxyTlvs {
  /** '' where it is not told. */
  readonly alpn: string;
  /** The host name that the client asked for, in lower case; '' where none is told. */
  readonly authority: string;
  readonly uniqueId: Buffer | null;
  /** Null where the client spoke no TLS. */
  readonly ssl: ProxiedSsl | null;
  /** What of them concerns the client, as it came: for who passes the connection on. */
  readonly passedOn: Buffer;
}

/**
 * @param header the whole one
 * @param start where the TLVs begin
 * @returns null where they are not as they have to be, or a checksum is wrong
 */
export function readTlvs(header: Buffer, start: number): ProxyTlvs | null {
  const values = new Map<number, Buffer>();
  const passedOn: Buffer[] = [];
  for (let at = start; at < header.length; ) {
    const value = valueAt(header, at);
    if (value === null) return null;
    const type = header[at]!;
    const end = at + 3 + value.length;
    if (type === TLV.crc32c && !isIntact(header, at + 3, value)) return null;
    if (type === TLV.alpn || type === TLV.authority || type === TLV.uniqueId || type === TLV.ssl) {
      passedOn.push(header.subarray(at, end));
    }
    values.set(type, value);
    at = end;
  }
  const uniqueId = values.get(TLV.uniqueId) ?? null;
  const ssl = values.get(TLV.ssl);
  const proxied = ssl === undefined ? null : readSsl(ssl);
  if (proxied === 'malformed' || (uniqueId !== null && uniqueId.length > LONGEST_UNIQUE_ID)) return null;
  return {
    alpn: values.get(TLV.alpn)?.toString('latin1') ?? '',
    authority: serverNameIn(values.get(TLV.authority)?.toString('latin1') ?? '') ?? '',
    uniqueId: uniqueId === null ? null : Buffer.from(uniqueId),
    ssl: proxied,
    passedOn: Buffer.concat(passedOn),
  };
}

/** One of them, to be written. */
export function tlv(type: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, value.length >> 8, value.length & 255]), value]);
}

/** Null where it is not whole. */
function valueAt(bytes: Buffer, at: number): Buffer | null {
  if (at + 3 > bytes.length) return null;
  const end = at + 3 + bytes.readUInt16BE(at + 1);
  return end > bytes.length ? null : bytes.subarray(at + 3, end);
}

/** The checksum is of the whole header, with zeros in its own place. */
function isIntact(header: Buffer, at: number, value: Buffer): boolean {
  if (value.length !== CRC_LENGTH) return false;
  const cleared = Buffer.from(header);
  cleared.fill(0, at, at + CRC_LENGTH);
  return crc32c(cleared) === value.readUInt32BE(0);
}

function readSsl(value: Buffer): ProxiedSsl | null | 'malformed' {
  if (value.length < 5) return 'malformed';
  const told = new Map<number, string>();
  for (let at = 5; at < value.length; ) {
    const inner = valueAt(value, at);
    if (inner === null) return 'malformed';
    told.set(value[at]!, inner.toString('utf8'));
    at += 3 + inner.length;
  }
  if ((value[0]! & CLIENT_SSL) === 0) return null;
  return {
    version: told.get(OF_SSL.version) ?? '',
    cipher: told.get(OF_SSL.cipher) ?? '',
    commonName: told.get(OF_SSL.commonName) ?? '',
    verified: (value[0]! & CLIENT_CERTIFICATE) !== 0 && value.readUInt32BE(1) === 0,
  };
}
