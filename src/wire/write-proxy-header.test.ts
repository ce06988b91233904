import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { type ProxyHeader, readProxyHeader } from './proxy-header.ts';
import { localHeader, type ProxiedClient, proxyHeader } from './write-proxy-header.ts';

function client(changes: Partial<ProxiedClient> = {}): ProxiedClient {
  return {
    source: { address: '203.0.113.7', port: 49_153 },
    destination: { address: '192.0.2.1', port: 443 },
    authority: 'shop.example',
    uniqueId: 'id-1',
    passedOn: null,
    ...changes,
  };
}

const read = (header: Buffer) => readProxyHeader(header) as ProxyHeader;

describe('a PROXY header for a server', () => {
  it('is text in version 1', () => {
    expect(proxyHeader('v1', client()).toString()).toBe('PROXY TCP4 203.0.113.7 192.0.2.1 49153 443\r\n');
    const mixed = client({ source: { address: '2001:db8::7', port: 1 } });
    expect(proxyHeader('v1', mixed).toString()).toBe('PROXY TCP6 2001:db8::7 ::ffff:192.0.2.1 1 443\r\n');
  });

  it.each(['v1', 'v2'] as const)('says in %s what is read back', (version) => {
    for (const address of ['203.0.113.7', '2001:db8::7']) {
      const told = client({ source: { address, port: 49_153 } });
      expect(read(proxyHeader(version, told))).toMatchObject({ client: told.source, destination: told.destination });
    }
  });

  it('has the name and an id in version 2, and a checksum over all of it', () => {
    const header = proxyHeader('v2', client());
    expect(read(header).tlvs).toMatchObject({ authority: 'shop.example', uniqueId: Buffer.from('id-1'), ssl: null });
    const withoutType = header.length - 7; // another type there is no checksum
    for (let at = 16; at < header.length; at++) {
      if (at === withoutType) continue;
      const broken = Buffer.from(header);
      broken[at]! ^= 1;
      expect(readProxyHeader(broken)).toBe('malformed');
    }
  });

  it('passes on what the client came with, and says nothing twice', () => {
    const before = read(proxyHeader('v2', client({ uniqueId: 'first', authority: 'a.test' }))).tlvs!;
    const { tlvs, length } = read(proxyHeader('v2', client({ passedOn: before.passedOn })));
    expect(tlvs).toMatchObject({ authority: 'a.test', uniqueId: Buffer.from('first') });
    expect(length).toBe(proxyHeader('v2', client({ uniqueId: 'first', authority: 'a.test' })).length);
  });

  it('is one of no client for a health test, and for a client whose address is not known', () => {
    for (const version of ['v1', 'v2'] as const) {
      expect(read(localHeader(version)).client).toBeNull();
      expect(proxyHeader(version, client({ source: { address: '', port: 0 } }))).toEqual(localHeader(version));
    }
  });
});

it('CRC-32C has the value of its check', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});
