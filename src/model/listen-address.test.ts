import { describe, expect, it } from 'vitest';
import { formatListenAddress, isLoopback, parseListenAddress } from './listen-address.ts';

describe('addresses to listen on', () => {
  it.each([
    ['127.0.0.1:8080', '127.0.0.1:8080'],
    ['[::1]:0', '[::1]:0'],
    ['localhost:80', 'localhost:80'],
    ['*:80', '0.0.0.0:80'],
    [':80', '0.0.0.0:80'],
    ['unix:/run/narrows.sock', 'unix:/run/narrows.sock'],
  ])('%s is %s', (written, read) => {
    const address = parseListenAddress(written);
    expect('fault' in address ? address.fault : formatListenAddress(address)).toBe(read);
  });

  it.each(['127.0.0.1', '::1:80', '[::1]', '127.0.0.1:65536', 'unix:', 'a b:80', 'http://x:80', '[x]:80', ''])(
    'refuses "%s"',
    (written) => {
      expect(parseListenAddress(written)).toHaveProperty('fault');
    },
  );

  it('knows which only this machine reaches', () => {
    const reach = (host: string) => isLoopback({ kind: 'tcp', host, port: 1 });
    expect(['127.0.0.1', '127.8.0.1', '::1', 'localhost'].every(reach)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.example.com'].some(reach)).toBe(false);
    expect(isLoopback({ kind: 'unix', path: '/x' })).toBe(true);
  });
});
