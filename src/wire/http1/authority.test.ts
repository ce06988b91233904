import { describe, expect, it } from 'vitest';
import { printable } from '../../base/printable.ts';
import { comparableAuthority, hostFault, isAuthority } from './authority.ts';

const whole = (text: string) => isAuthority(text, 0, text.length);

describe('an authority', () => {
  it.each([
    'a',
    'shop.example',
    'shop.example.',
    'my_shop-1.example:8080',
    'shop:',
    '127.0.0.1:0',
    'xn--caf-dma.example',
    'a%2dB',
    "a!$&'()*+;=~",
    '[::1]',
    '[::]:443',
    '[1:2:3:4:5:6:7:8]',
    '[1::8]:65535',
    '[::ffff:192.0.2.1]',
    '[1:2:3:4:5:6:192.0.2.1]',
  ])('is %s', (text) => expect(whole(text)).toBe(true));

  it.each([
    '',
    ':80',
    'a b',
    'a,b',
    'a/b',
    'a@b',
    'a\\b',
    'a%',
    'a%2',
    'a%zz',
    'a:b',
    'a:1:2',
    'a:65536',
    'a:-1',
    '[::1',
    '[]',
    '[::1]a',
    '[::1%25eth0]',
    '[v1.a]',
    '[1:2:3:4:5:6:7]',
    '[1:2:3:4:5:6:7:8:9]',
    '[1:2:3:4::5:6:7:8]',
    '[1::2::3]',
    '[:::]',
    '[12345::]',
    '[g::]',
    '[::256.0.0.1]',
    '[::1.2.3]',
    '[192.0.2.1]',
    '[192.0.2.1::]',
  ])('is not %j', (text) => expect(whole(text)).toBe(false));

  it('is looked for between two places only', () => {
    expect(isAuthority('x [::1]:80 y', 2, 10)).toBe(true);
    expect(isAuthority('a%2d:', 0, 3)).toBe(false);
    expect(isAuthority('[::1 ]', 0, 4)).toBe(false);
  });

  it('is the same in either case and with the port that its scheme has anyway', () => {
    expect(comparableAuthority('Shop.Example:80', 'http')).toBe('shop.example');
    expect(comparableAuthority('shop.example:', 'http')).toBe('shop.example');
    expect(comparableAuthority('shop.example:443', 'https')).toBe('shop.example');
    expect(comparableAuthority('shop.example:443', 'http')).toBe('shop.example:443');
  });

  it('is told to whoever writes what no Host field may hold', () => {
    expect(['a.example', 'a.example:81', '[::1]:80', 'xn--bcher-kva.example'].map(hostFault)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    for (const text of ['', 'bücher.example', 'a b', 'a:99999', 'a:b', 'a%2', '[1:2]', 'http://a'])
      expect(hostFault(text)).toBe(`"${printable(text)}" is not the name of a host`);
  });
});
