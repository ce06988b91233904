import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP, isIPv4 } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DnsLookup } from './dns-lookup.ts';
import { systemLookup } from './name-lookup.ts';

const TYPE_A = 1;
const TYPE_AAAA = 28;
const NO_ERROR = 0;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;

interface Reply {
  code: number;
  records?: { address: string; ttl: number }[];
}

/** Answers "NAME TYPE" from `replies`, else "no such name" (RFC 1035 4). IPv6 addresses are written `::N`. */
class NameServer {
  readonly #socket: Socket = createSocket('udp4');
  readonly replies = new Map<string, Reply | 'silence'>();
  readonly asked: string[] = [];

  async start(): Promise<string> {
    this.#socket.on('message', (query, from) => {
      const reply = this.#reply(query);
      if (reply !== null) this.#socket.send(reply, from.port, from.address);
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): void {
    this.#socket.close();
  }

  #reply(query: Buffer): Buffer | null {
    const labels: string[] = [];
    let at = 12;
    while (query[at] !== 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
      at += query[at]! + 1;
    }
    const type = query.readUInt16BE(at + 1);
    const question = `${labels.join('.').toLowerCase()} ${type === TYPE_A ? 'A' : type === TYPE_AAAA ? 'AAAA' : type}`;
    this.asked.push(question);
    const reply = this.replies.get(question) ?? { code: NO_SUCH_NAME };
    if (reply === 'silence') return null;
    const records = reply.records ?? [];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | reply.code, 2);
    head.writeUInt16BE(records.length, 6);
    head.fill(0, 8);
    return Buffer.concat([head, query.subarray(12, at + 5), ...records.map((record) => answer(type, record))]);
  }
}

function answer(type: number, record: { address: string; ttl: number }): Buffer {
  const data = Buffer.alloc(type === TYPE_A ? 4 : 16);
  if (isIPv4(record.address)) data.set(record.address.split('.').map(Number));
  else data.writeUInt16BE(Number.parseInt(record.address.slice(2), 16), 14);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(record.ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

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
