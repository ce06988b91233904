import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from './private-address.ts';

describe('isPrivateAddress', () => {
  it.each([
    '',
    '10.0.0.1',
    '127.0.0.1',
    '172.16.0.1',
    '172.31.255.1',
    '192.168.1.1',
    '169.254.1.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ])('says yes to "%s"', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each(['11.0.0.1', '172.15.0.1', '172.32.0.1', '192.169.1.1', '8.8.8.8', '2001:db8::1', 'fb00::1', '::2'])(
    'says no to "%s"',
    (address) => expect(isPrivateAddress(address)).toBe(false),
  );
});
