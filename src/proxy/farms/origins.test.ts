// Origins: hosts that are no farm, as requests see them.
import { describe, expect, it } from 'vitest';
import { sampleProxy } from '../../../test/kit/sample-farm.ts';
import { compileOrigins } from './origins.ts';

const origins = () => compileOrigins(sampleProxy(), () => ({ headFor: () => '', offeredUpgrade: () => '' }));

function addressOf(authority: string) {
  const origin = origins().at(authority);
  if (origin === null) return null;
  const { config, hostHeader } = origin.servers[0]!;
  return [config.target.kind === 'tcp' ? config.target.host : 'unix', config.httpPort, hostHeader];
}

describe('an origin', () => {
  it.each([
    ['b.example', 'b.example', 80, 'b.example'],
    ['b.example:80', 'b.example', 80, 'b.example'],
    ['b.example:', 'b.example', 80, 'b.example'],
    ['b.example:8080', 'b.example', 8080, 'b.example:8080'],
    ['my_host.example.', 'my_host.example.', 80, 'my_host.example.'],
    ['10.0.0.1:81', '10.0.0.1', 81, '10.0.0.1:81'],
    ['[::1]:81', '::1', 81, '[::1]:81'],
    ['[0:0:0:0:0:0:0:1]', '::1', 80, '[::1]'],
    ['bücher.example', 'xn--bcher-kva.example', 80, 'xn--bcher-kva.example'],
    // Other ways to write 127.0.0.1, which a resolver would read so: they are known for what they are.
    ['0x7f.1', '127.0.0.1', 80, '127.0.0.1'],
    ['2130706433:9000', '127.0.0.1', 9000, '127.0.0.1:9000'],
  ])('at %s is dialled at %s port %i and called %s', (authority, host, port, hostHeader) => {
    expect(addressOf(authority)).toEqual([host, port, hostHeader]);
  });

  it.each([
    '',
    ':80',
    'a:0',
    'a:65536',
    'a:b',
    'a b',
    'a/b',
    'user@a',
    'a?b',
    'a#b',
    'a\\b',
    'a%2eb',
    '::1',
    '[::1',
    '[fe80::1%25eth0]',
    'a\r\nb',
    '1.2.3.4.5',
    `${'a'.repeat(300)}.example`,
  ])('is not made of %j', (authority) => {
    expect(addressOf(authority)).toBeNull();
  });

  it('is no Unix socket, whatever it is called', () => {
    expect(addressOf('unix:8080')).toEqual(['unix', 8080, 'unix:8080']);
  });

  it('is the same one for every request, with the settings of proxy', () => {
    const table = origins();
    const origin = table.at('b.example:81')!;
    expect(table.at('b.example:81')).toBe(origin);
    expect(origin).toMatchObject({ name: 'b.example:81', isOrigin: true, affinity: null });
    expect(origin.config.protocol).toMatchObject({ timeout: 120_000, preserveHostHeader: false });
    expect(origin.candidates()).toEqual(origin.servers);
  });

  it('shares its connections with what names the same place in other words, and with nothing else', () => {
    const table = origins();
    const key = (authority: string) => table.at(authority)!.servers[0]!.poolKey;
    expect(key('127.0.0.1:80')).toBe(key('0x7f.1'));
    expect(key('a.example')).not.toBe(key('b.example'));
    expect(key('a.example')).not.toBe(key('a.example:81'));
  });

  it('is forgotten when a thousand others were needed since', () => {
    const table = origins();
    const first = table.at('first.example');
    for (let n = 0; n < 1024; n++) table.at(`n${n}.example`);
    expect(table.at('first.example')).not.toBe(first);
    expect(table.at('n1023.example')).toBe(table.at('n1023.example'));
  });

  it('counts its open connections for proxy.maxConnections', () => {
    const { state } = origins().at('a.example')!.servers[0]!;
    expect([state.tryAcquireConnection(2), state.tryAcquireConnection(2), state.tryAcquireConnection(2)]).toEqual([
      true,
      true,
      false,
    ]);
    state.releaseConnection();
    expect(state.totals().currentConnections).toBe(1);
    expect(state.tryAcquireConnection(2)).toBe(true);
  });
});
