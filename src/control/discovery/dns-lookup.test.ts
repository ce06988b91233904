import { isIP } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { NameServer, NO_ERROR, SERVER_FAILURE } from '../../../test/kit/name-server.ts';
import { DnsLookup } from './dns-lookup.ts';
import { systemLookup } from './name-lookup.ts';

const open: NameServer[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function start(): Promise<{ server: NameServer; lookup: DnsLookup }> {
  const server = new NameServer();
  open.push(server);
  return { server, lookup: new DnsLookup([await server.start()]) };
}

describe('DnsLookup', () => {
  it('gives the addresses of both families and the shortest TTL in milliseconds', async () => {
    const { server, lookup } = await start();
    server.replies.set('app.test A', {
      code: NO_ERROR,
      records: [
        { address: '10.1.2.3', ttl: 60 },
        { address: '10.1.2.4', ttl: 7 },
      ],
    });
    server.replies.set('app.test AAAA', { code: NO_ERROR, records: [{ address: '::5', ttl: 300 }] });
    expect(await lookup.lookup('app.test')).toEqual({ addresses: ['10.1.2.3', '10.1.2.4', '::5'], ttl: 7_000 });
  });

  it.each([
    ['has no record', { code: NO_ERROR }],
    ['fails', { code: SERVER_FAILURE }],
  ])('is content with one family when the other %s', async (_, reply) => {
    const { server, lookup } = await start();
    server.replies.set('app.test A', { code: NO_ERROR, records: [{ address: '10.1.2.3', ttl: 60 }] });
    server.replies.set('app.test AAAA', reply);
    expect((await lookup.lookup('app.test')).addresses).toEqual(['10.1.2.3']);
  });

  it('rejects a name that does not exist', async () => {
    const { lookup } = await start();
    await expect(lookup.lookup('nowhere.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('tells a failing name server from a name without records', async () => {
    const { server, lookup } = await start();
    server.replies.set('app.test A', { code: NO_ERROR });
    server.replies.set('app.test AAAA', { code: SERVER_FAILURE });
    await expect(lookup.lookup('app.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('ends questions under way when it is cancelled', async () => {
    const { server, lookup } = await start();
    server.replies.set('slow.test A', 'silence');
    server.replies.set('slow.test AAAA', 'silence');
    const question = lookup.lookup('slow.test');
    lookup.cancel();
    await expect(question).rejects.toMatchObject({ code: 'ECANCELLED' });
  });

  it('never asks a name server for localhost', async () => {
    const { server, lookup } = await start();
    const found = await lookup.lookup('app.localhost');
    expect(found.addresses.length).toBeGreaterThan(0);
    expect(server.asked).toEqual([]);
  });

  it('refuses what is not the address of a name server', () => {
    expect(() => new DnsLookup(['dns.test'])).toThrow(TypeError);
  });
});

describe('systemLookup', () => {
  it('gives every address that the system knows, without a TTL', async () => {
    const found = await systemLookup.lookup('localhost');
    expect(found.ttl).toBeNull();
    expect(found.addresses.map(isIP)).not.toContain(0);
  });

  it('rejects a name that the system cannot resolve', async () => {
    // Longer than a name may be (RFC 1035 2.3.4): refused without asking anybody.
    await expect(systemLookup.lookup(`${'a'.repeat(64)}.test`)).rejects.toThrow();
  });
});
