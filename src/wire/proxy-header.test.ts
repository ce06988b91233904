import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { type ProxyHeader, readProxyHeader } from './proxy-header.ts';

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

function v2(command: number, family: number, payload: readonly number[], length = payload.length): Buffer {
  const fixed = [command, family, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(SIGNATURE, 'latin1'), Buffer.from(fixed), Buffer.from(payload)]);
}

const IPV4 = [203, 0, 113, 7, 192, 0, 2, 1, 0xc0, 0x01, 0x01, 0xbb];
const IPV6 = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 7, ...Array(15).fill(0), 1, 0xc0, 0x01, 0x01, 0xbb];
const MAPPED = [...Array(10).fill(0), 255, 255, 203, 0, 113, 7, ...Array(15).fill(0), 1, 0xc0, 0x01, 0x01, 0xbb];
const TLV = [0x05, 0x00, 0x04, 1, 2, 3, 4];

const HEADERS: [string, Buffer, ProxyHeader['client']][] = [
  ['v1 TCP4', Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 49153 443\r\n'), { address: '203.0.113.7', port: 49_153 }],
  ['v1 TCP6', Buffer.from('PROXY TCP6 2001:DB8:0::7 ::1 49153 443\r\n'), { address: '2001:db8::7', port: 49_153 }],
  ['v1 mapped', Buffer.from('PROXY TCP6 ::ffff:1.2.3.4 ::1 1 2\r\n'), { address: '1.2.3.4', port: 1 }],
  ['v1 UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), null],
  ['v1 UNKNOWN and more', Buffer.from('PROXY UNKNOWN ff:: ff:: 1 2\r\n'), null],
  ['v2 IPv4', v2(0x21, 0x11, IPV4), { address: '203.0.113.7', port: 49_153 }],
  ['v2 IPv6', v2(0x21, 0x21, IPV6), { address: '2001:db8::7', port: 49_153 }],
  ['v2 mapped', v2(0x21, 0x21, MAPPED), { address: '203.0.113.7', port: 49_153 }],
  ['v2 with a TLV', v2(0x21, 0x11, [...IPV4, ...TLV]), { address: '203.0.113.7', port: 49_153 }],
  ['v2 LOCAL', v2(0x20, 0x00, []), null],
  ['v2 Unix', v2(0x21, 0x31, Array(216).fill(0)), null],
];

const MALFORMED: [string, Buffer | string][] = [
  ['a request', 'GET / HTTP/1.1\r\n'],
  ['v1 without end', `PROXY TCP4 ${'1'.repeat(107)}`],
  ['v1 with an unknown family', 'PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n'],
  ['v1 with the wrong family', 'PROXY TCP4 ::1 ::1 1 2\r\n'],
  ['v1 with a bad address', 'PROXY TCP4 1.2.3.999 1.2.3.4 1 2\r\n'],
  ['v1 with a zone', 'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n'],
  ['v1 with a bad port', 'PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n'],
  ['v1 with a signed port', 'PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n'],
  ['v1 with a word too many', 'PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n'],
  ['v1 with a bad destination', 'PROXY TCP4 1.2.3.4 x 1 2\r\n'],
  ['v2 of another version', v2(0x31, 0x11, IPV4)],
  ['v2 with an unknown command', v2(0x22, 0x11, IPV4)],
  ['v2 too short for its family', v2(0x21, 0x21, IPV4)],
  ['v2 with a TLV that is cut off', v2(0x21, 0x11, [...IPV4, 0x05, 0x00, 0x09, 1])],
  ['v2 with half a TLV', v2(0x21, 0x11, [...IPV4, 0x05])],
  ['v2 with a wrong checksum', v2(0x21, 0x11, [...IPV4, 0x03, 0x00, 0x04, 1, 2, 3, 4])],
  ['v2 with a short checksum', v2(0x21, 0x11, [...IPV4, 0x03, 0x00, 0x02, 1, 2])],
  ['v2 with a broken SSL TLV', v2(0x21, 0x11, [...IPV4, 0x20, 0x00, 0x02, 1, 0])],
  ['v2 with an id that is too long', v2(0x21, 0x11, [...IPV4, 0x05, 0x00, 129, ...Array(129).fill(1)])],
  ['v2 that is absurdly long', v2(0x21, 0x11, IPV4, 65_535)],
];

describe('PROXY header', () => {
  it.each(HEADERS)('%s is read whole, wherever it is split, and what follows is left', (_, header, client) => {
    for (let length = 0; length < header.length; length++)
      expect(readProxyHeader(header.subarray(0, length)), `first ${length} bytes`).toBeNull();
    expect(readProxyHeader(header)).toMatchObject({ length: header.length, client });
    const more = Buffer.concat([header, Buffer.from('GET /')]);
    expect(readProxyHeader(more)).toMatchObject({ length: header.length, client });
  });

  it.each(MALFORMED)('%s is malformed', (_, bytes) => {
    expect(readProxyHeader(Buffer.from(bytes as string))).toBe('malformed');
  });
});
