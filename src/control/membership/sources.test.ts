// Each kind of source with the real thing: a file, a name server, an HTTP server.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NameServer, NO_ERROR, SERVER_FAILURE } from '../../../test/kit/name-server.ts';
import { sampleServer } from '../../../test/kit/sample-farm.ts';
import { DnsSource } from './dns-source.ts';
import { FileSource } from './file-source.ts';
import { HttpSource } from './http-source.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A list of addresses, as JSON. */
const parse = (text: string, source: string) =>
  (JSON.parse(text) as string[]).map((address) => ({ ...sampleServer(address), source }));
const addresses = (servers: readonly { address: string }[]) => servers.map(({ address }) => address);

describe('a file', () => {
  const setUp = () => {
    const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'members.json');
    const source = new FileSource(path, parse);
    const write = (text: string) => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    };
    return { path, source, write };
  };

  it('is read again when it has changed', async () => {
    const { source, write } = setUp();
    write('["a:1"]');
    expect(await source.read()).toMatchObject([{ address: 'a:1', source: 'file members.json' }]);
    const first = await source.read();
    expect(await source.read()).toBe(first);
    write('["a:1","b:2"]');
    expect(addresses(await source.read())).toEqual(['a:1', 'b:2']);
  });

  it('that is not there, or is no list, is a fault', async () => {
    const { path, source, write } = setUp();
    await expect(source.read()).rejects.toThrow(path);
    write('{');
    await expect(source.read()).rejects.toThrow();
    write('["a:1"]');
    expect(addresses(await source.read())).toEqual(['a:1']);
  });
});

describe('DNS', () => {
  const setUp = async (type: 'A' | 'SRV', name: string) => {
    const names = new NameServer();
    const at = await names.start();
    closing.push(() => names.close());
    const source = new DnsSource({ kind: 'dns', name, type, port: 8080, interval: 30_000 }, [at]);
    closing.push(() => source.close());
    return { names, source };
  };

  it('gives the addresses of both families, in an order of their own', async () => {
    const { names, source } = await setUp('A', 'app.test');
    names.replies.set('app.test A', {
      code: NO_ERROR,
      records: ['10.0.0.2', '10.0.0.1'].map((address) => ({ address, ttl: 1 })),
    });
    names.replies.set('app.test AAAA', { code: NO_ERROR, records: [{ address: '::1', ttl: 1 }] });
    const servers = await source.read();
    expect(addresses(servers)).toEqual(['10.0.0.1:8080', '10.0.0.2:8080', '[::1]:8080']);
    expect(servers[2]).toMatchObject({ target: { kind: 'tcp', host: '::1' }, httpPort: 8080, source: 'A app.test' });
  });

  it('makes groups of priorities and weights of weights where it has SRV records', async () => {
    const { names, source } = await setUp('SRV', '_http._tcp.app.test');
    const record = (target: string, priority: number, weight: number) => ({
      target,
      port: 9000,
      priority,
      weight,
      ttl: 1,
    });
    names.replies.set('_http._tcp.app.test SRV', {
      code: NO_ERROR,
      records: [record('one.app.test', 10, 60), record('two.app.test', 20, 0)],
    });
    const [one, two] = await source.read();
    expect(one).toMatchObject({ address: 'one.app.test:9000', weight: 60, target: { host: 'one.app.test' } });
    expect(two).toMatchObject({ address: 'two.app.test:9000', weight: 1 });
    expect(one!.priorityGroup).toBeGreaterThan(two!.priorityGroup);
  });

  it('without an answer is a fault', async () => {
    const { names, source } = await setUp('A', 'app.test');
    await expect(source.read()).rejects.toThrow('ENOTFOUND');
    names.otherwise = { code: SERVER_FAILURE };
    await expect(source.read()).rejects.toThrow('ESERVFAIL');
  });
});

describe('an HTTP endpoint', () => {
  const setUp = async (
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    token: string | null = null,
  ) => {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/members`;
    const source = new HttpSource({ kind: 'http', url, interval: 30_000, timeout: 300, token }, parse);
    closing.push(() => source.close());
    return source;
  };

  it('is asked for a list, with its token', async () => {
    const source = await setUp((request, response) => {
      const isLetIn = request.headers.authorization === 'Bearer s3cret';
      response.writeHead(isLetIn ? 200 : 401).end('["a:1"]');
    }, 's3cret');
    expect(addresses(await source.read())).toEqual(['a:1']);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
    ['another status', (_, response) => void response.writeHead(503).end('["a:1"]'), /status 503/],
    ['no JSON', (_, response) => void response.end('<html>'), /JSON/],
    ['a redirect', (_, response) => void response.writeHead(302, { Location: '/' }).end(), /redirect/i],
    ['nothing in time', () => {}, /timeout/i],
    ['more than 4 MiB', (_, response) => void response.end(Buffer.alloc(5 * 1024 * 1024, ' ')), /bytes/],
  ])('that answers with %s is a fault', async (_what, answer, reason) => {
    await expect((await setUp(answer)).read()).rejects.toThrow(reason);
  });
});
