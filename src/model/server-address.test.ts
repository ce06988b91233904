import { describe, expect, it } from 'vitest';
import { parseServerAddress } from './server-address.ts';

describe('addresses of servers', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', null],
    ['10.0.0.1:81', '10.0.0.1', 81],
    ['web-1.local', 'web-1.local', null],
    ['[fd00::1]', 'fd00::1', null],
    ['[fd00::1]:81', 'fd00::1', 81],
  ])('%s connects to %s', (written, host, port) => {
    expect(parseServerAddress(written)).toEqual({ target: { kind: 'tcp', host }, port });
  });

  it('unix:/path is a socket', () => {
    expect(parseServerAddress('unix:/run/app.sock')).toEqual({
      target: { kind: 'unix', path: '/run/app.sock' },
      port: null,
    });
  });

  it('an IPv6 address without brackets is told where they belong', () => {
    expect(parseServerAddress('fd00::1')).toEqual({ fault: 'an IPv6 address needs brackets: "[fd00::1]"' });
  });

  it.each(['http://10.0.0.1', '10.0.0.1:0', '10.0.0.1:70000', 'a b', 'unix:', 'a:b', '[x]:1', 'user@host'])(
    'refuses "%s"',
    (written) => {
      expect(parseServerAddress(written)).toHaveProperty('fault');
    },
  );
});
