import { BlockList, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseAddressRange, prefixLength } from './address-range.ts';

const holds = (range: string, address: string) => parseAddressRange(range)!.has(parseAddress(address) ?? []);

describe('a range of addresses', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], ['11.0.0.0', '9.255.255.255', '::1', '', 'x']],
    ['10.1.2.3', ['10.1.2.3'], ['10.1.2.4']],
    ['10.1.2.4/31', ['10.1.2.4', '10.1.2.5'], ['10.1.2.3', '10.1.2.6']],
    ['0.0.0.0/0', ['1.2.3.4'], ['::1']],
    ['fd00::/8', ['fd00::1', 'fdff:ffff::', 'FD12::'], ['fe00::', '10.0.0.1']],
    ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '1::']],
    ['fe80::/10', ['fe80::1%eth0', 'febf::1'], ['fec0::1']],
  ])('%s holds some and not others', (text, inside, outside) => {
    for (const address of inside) expect(holds(text, address), address).toBe(true);
    for (const address of outside) expect(holds(text, address), address).toBe(false);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    ':::',
    '1::2::3',
    '1:2:3',
    'x::',
    '10.0.0.0/-1',
  ])('%j is none', (text) => {
    expect(parseAddressRange(text)).toBeNull();
  });

  it('holds what the BlockList of Node holds', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, fc.nat(128), address, (base, bits, other) => {
        const family = isIPv6(base) ? 'ipv6' : 'ipv4';
        const prefix = family === 'ipv4' ? bits % 33 : bits;
        if (/^(?:0*:)+(?:ffff|0*:)/i.test(base)) return; // an IPv4 address inside: read as such here
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        const range = `${base}/${prefix}`;
        const kind = isIPv6(other) ? 'ipv6' : 'ipv4';
        if (kind === family) expect(holds(range, other)).toBe(list.check(other, kind));
        expect(holds(range, base)).toBe(true);
      }),
    );
  });
});

describe('the length of a mask', () => {
  it.each([
    ['255.255.255.255', 32],
    ['255.255.0.0', 16],
    ['255.255.255.248', 29],
    ['0.0.0.0', 0],
    ['24', 24],
    ['/24', 24],
    ['255.0.255.0', null],
    ['x', null],
  ])('%s is %s', (mask, bits) => {
    expect(prefixLength(mask)).toBe(bits);
  });
});
