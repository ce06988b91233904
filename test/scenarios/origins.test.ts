// Requests to hosts that are no farm (proxy.enabled): where they go, under which name, and what becomes of the names that
// clients choose (url-rewrite.md 13, arr.md 2 and 5.2).
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { type Backend, backend, ok } from '../kit/backend.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { NameServer, NO_ERROR, SERVER_FAILURE } from '../kit/name-server.ts';
import { type RouterSetup, type RunningRouter, router } from '../kit/router.ts';

/** Sends every request on to where `url` says. */
function proxyTo(url: string, rest: Record<string, unknown> = {}, setup: RouterSetup = {}): Promise<RunningRouter> {
  return router(
    {
      listeners: { web: { address: '127.0.0.1:0' } },
      rules: [{ name: 'away', match: { url: '.*' }, action: { type: 'Rewrite', url } }],
      ...rest,
      proxy: { enabled: true, ...(rest.proxy as object) },
    },
    setup,
  );
}

/** The forward proxy of the documentation: the client says where to. */
const ANYWHERE = 'http://{HTTP_HOST}/{R:0}';

const askFor = (host: string, path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const portOf = ({ address }: Backend): string => address.slice(address.lastIndexOf(':') + 1);

/** A name server for `names`, all of them at 127.0.0.1. */
async function names(...known: string[]): Promise<{ server: NameServer; resolvers: string[] }> {
  const server = new NameServer();
  onTestFinished(() => server.close());
  for (const name of known) {
    server.replies.set(`${name} A`, HERE);
    server.replies.set(`${name} AAAA`, { code: NO_ERROR });
  }
  return { server, resolvers: [await server.start()] };
}

const HERE = { code: NO_ERROR, records: [{ address: '127.0.0.1', ttl: 60 }] };

describe('an origin', () => {
  it('is reached at the host and port of the rewritten URL, under its own name, with what a farm would be told too', async () => {
    const there = await backend(() => ok('from there'));
    const { connect, router: running } = await proxyTo(`http://${there.address}/app/{R:0}`);
    const client = await connect();
    client.send(askFor('www.example.com', '/x%20y?q=1'));
    expect((await client.response()).body.toString()).toBe('from there');
    const request = await there.request(0);
    expect(request.startLine).toBe('GET /app/x%20y?q=1 HTTP/1.1');
    expect(fieldOf(request, 'host')).toBe(there.address);
    expect(fieldOf(request, 'x-forwarded-host')).toBe('www.example.com');
    expect(fieldOf(request, 'x-original-url')).toBe('/x%20y?q=1');
    expect(fieldOf(request, 'max-forwards')).toBe('10');
    expect(running.status().farms).toEqual([]);
  });

  it("is told the client's Host with proxy.preserveHostHeader", async () => {
    const there = await backend();
    const { connect } = await proxyTo(`http://${there.address}/`, { proxy: { preserveHostHeader: true } });
    (await connect()).send(askFor('www.example.com'));
    expect(fieldOf(await there.request(0), 'host')).toBe('www.example.com');
  });

  it('keeps its connections, one pool for each origin', async () => {
    const [one, two] = [await backend(() => ok('one')), await backend(() => ok('two'))];
    const { connect } = await proxyTo(ANYWHERE);
    const client = await connect();
    for (const server of [one, two, one, two]) {
      client.send(askFor(server.address));
      await client.response();
    }
    expect([one.connections.length, two.connections.length]).toEqual([1, 1]);
    expect([one.requests.length, two.requests.length]).toEqual([2, 2]);
  });

  it('has its redirects and cookies rewritten to what the client asked for, those of others not (arr.md 4.3)', async () => {
    let location = '';
    const there = await backend(() => ok('', `Location: ${location}\r\nSet-Cookie: a=b; Domain=127.0.0.1\r\n`));
    const { connect } = await proxyTo(`http://${there.address}/`);
    const client = await connect();
    location = `http://${there.address}/next?a`;
    client.send(askFor('www.example.com'));
    const response = await client.response();
    expect(fieldOf(response, 'location')).toBe('http://www.example.com/next?a');
    expect(fieldOf(response, 'set-cookie')).toBe('a=b; Domain=www.example.com');
    location = 'http://sign-in.example/';
    client.send(askFor('www.example.com'));
    expect(fieldOf(await client.response(), 'location')).toBe('http://sign-in.example/');
  });

  it('may be an IPv6 address', async () => {
    const there = await backend(() => ok('six'), { listen: { host: '::1' } });
    const { connect } = await proxyTo(`http://${there.address}/`);
    const client = await connect();
    client.send(askFor('www.example.com'));
    expect((await client.response()).body.toString()).toBe('six');
    expect(fieldOf(await there.request(0), 'host')).toBe(there.address);
  });

  it('comes after a farm of that name', async () => {
    const [farm, there] = [await backend(() => ok('farm')), await backend()];
    const farms = { 'b.example': { servers: [farm.address] } };
    const { connect } = await proxyTo(ANYWHERE, { farms });
    const client = await connect();
    client.send(askFor('B.Example'));
    expect((await client.response()).body.toString()).toBe('farm');
    expect(there.requests).toEqual([]);
  });

  it('is refused with 404 where it is none', async () => {
    const { connect: other } = await proxyTo('http://{HTTP_X_TO}/');
    const second = await other();
    second.send('GET / HTTP/1.1\r\nHost: a\r\nX-To: b:99999\r\n\r\n');
    const response = await second.response();
    expect(response.status).toBe(404);
    expect(response.body.toString()).toContain('b:99999 is not a farm, and names no host and port');
  });

  it('is no server of a farm in the log, and its failure is that of one request', async () => {
    const gone = await backend();
    await gone.close();
    const { connect } = await proxyTo(`http://${gone.address}/`);
    const client = await connect();
    for (let n = 0; n < 2; n++) {
      client.send(askFor('a'));
      const response = await client.response();
      expect(response.status).toBe(502);
      expect(fieldOf(response, 'proxy-status')).toContain(`could not connect to ${gone.address}: ECONNREFUSED`);
    }
  });

  it('keeps its connections through a reload', async () => {
    const there = await backend();
    const { connect, router: running } = await proxyTo(ANYWHERE);
    const client = await connect();
    client.send(askFor(there.address));
    await client.response();
    await running.reload();
    client.send(askFor(there.address));
    await client.response();
    expect(there.connections).toHaveLength(1);
  });
});

describe('explain', () => {
  it('names the URL and the origin, no farm, and asks nobody for an address', async () => {
    const { router: running } = await proxyTo(`http://b.example:81/{R:0}`, { dnsRefresh: '1h' });
    const { outcome, steps } = await running.explain({ url: 'http://www.example.com/x?y' });
    expect(outcome).toEqual({ kind: 'proxy', url: 'http://b.example:81/x?y', server: 'b.example:81' });
    expect(steps.map(({ stage }) => stage)).toEqual(['rule', 'farm']);
    expect(steps[1]).toEqual({
      stage: 'farm',
      farm: null,
      origin: 'b.example:81',
      reason: 'b.example:81 is not a farm, and proxy.enabled allows any host',
    });
  });

  it('shows where https would lead', async () => {
    const { router: running } = await proxyTo('https://b.example/{R:0}');
    const { outcome } = await running.explain({ url: 'http://www.example.com/x' });
    expect(outcome).toEqual({
      kind: 'proxy',
      url: 'https://b.example/x',
      server: 'b.example',
      tls: { port: 443, name: 'b.example' },
    });
  });
});

describe.each([0, 2])('names that requests choose, with workers: %i', (workers) => {
  it('are looked up when they are needed, once', async () => {
    const { server, resolvers } = await names('one.example', 'two.example');
    const there = await backend();
    const { connect } = await proxyTo(ANYWHERE, { resolvers }, { workers });
    const client = await connect();
    for (const host of ['one.example', 'two.example', 'one.example', 'two.example']) {
      client.send(askFor(`${host}:${portOf(there)}`));
      expect((await client.response()).status).toBe(200);
    }
    expect(there.requests.map((request) => fieldOf(request, 'host'))).toEqual(
      ['one', 'two', 'one', 'two'].map((name) => `${name}.example:${portOf(there)}`),
    );
    expect(server.asked.filter((question) => question === 'one.example A')).toHaveLength(1);
  });

  it('fail alone: 502.3 with the reason, and others are served', async () => {
    const { server, resolvers } = await names('good.example');
    server.replies.set('bad.example A', { code: SERVER_FAILURE });
    server.replies.set('bad.example AAAA', { code: SERVER_FAILURE });
    const there = await backend();
    const { connect } = await proxyTo(ANYWHERE, { resolvers }, { workers });
    const client = await connect();
    for (const [host, reason] of [
      ['none.example', 'the name of none.example:81 has no address: ENOTFOUND'],
      ['bad.example', 'the name of bad.example:81 has no address: ESERVFAIL'],
    ]) {
      client.send(askFor(`${host}:81`));
      const response = await client.response();
      expect(response.status).toBe(502);
      expect(fieldOf(response, 'proxy-status')).toMatch(/error=dns_error; details="502\.3 /);
      expect(response.body.toString()).toContain(reason);
    }
    client.send(askFor(`good.example:${portOf(there)}`));
    expect((await client.response()).status).toBe(200);
  });

  it('do not hold up requests for others while they are being looked up', async () => {
    const { server, resolvers } = await names('fast.example');
    for (const type of ['A', 'AAAA']) server.replies.set(`slow.example ${type}`, 'silence');
    const there = await backend();
    const { connect } = await proxyTo(ANYWHERE, { resolvers }, { workers });
    const slow = await connect();
    slow.send(askFor(`slow.example:${portOf(there)}`, '/slow'));
    await eventually(() => server.asked.includes('slow.example A'));
    const fast = await connect();
    fast.send(askFor(`fast.example:${portOf(there)}`, '/fast'));
    expect((await fast.response()).status).toBe(200);
    expect(slow.text).toBe('');
    server.replies.set('slow.example A', HERE);
    server.replies.set('slow.example AAAA', { code: NO_ERROR });
    server.breakSilence();
    expect((await slow.response()).status).toBe(200);
  });
});

describe('a name that is being looked up', () => {
  it('costs no more than proxy.timeout', async () => {
    const { server, resolvers } = await names();
    server.otherwise = 'silence';
    const clock = new SimulatedClock();
    const { connect } = await proxyTo(ANYWHERE, { resolvers, proxy: { timeout: '5s' } }, { clock });
    const client = await connect();
    client.send(askFor('slow.example'));
    await eventually(() => server.asked.length > 0);
    clock.advance(5000);
    expect((await client.response()).body.toString()).toContain(
      'could not connect to slow.example in time (proxy.timeout)',
    );
  });

  it('is nobody’s business once the client has left', async () => {
    const { server, resolvers } = await names();
    server.otherwise = 'silence';
    const there = await backend();
    const { connect, router: running } = await proxyTo(ANYWHERE, { resolvers });
    const client = await connect();
    client.send(askFor(`slow.example:${portOf(there)}`));
    await eventually(() => server.asked.length > 0);
    client.reset();
    await eventually(() => running.status().workers[0]!.connections === 0);
    server.otherwise = HERE;
    server.breakSilence();
    const next = await connect();
    next.send(askFor(there.address, '/next'));
    await next.response();
    expect(there.requests.map(({ startLine }) => startLine)).toEqual(['GET /next HTTP/1.1']);
  });
});

describe('a name with several addresses', () => {
  it('is tried at the next one when one does not answer', async () => {
    const { server, resolvers } = await names();
    const there = await backend();
    const records = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, ttl: 60 }));
    server.replies.set('two.example A', { code: NO_ERROR, records });
    const { connect } = await proxyTo(ANYWHERE, { resolvers });
    const client = await connect();
    client.send(askFor(`two.example:${portOf(there)}`));
    expect((await client.response()).status).toBe(200);
  });

  it('is not tried again with proxy.retries: 0', async () => {
    const { server, resolvers } = await names();
    const there = await backend();
    const records = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, ttl: 60 }));
    server.replies.set('two.example A', { code: NO_ERROR, records });
    const { connect } = await proxyTo(ANYWHERE, { resolvers, proxy: { retries: 0 } });
    const client = await connect();
    client.send(askFor(`two.example:${portOf(there)}`));
    expect((await client.response()).status).toBe(502);
  });
});

describe('names that stand in rules', () => {
  it('are looked up at the start, and no request waits for them', async () => {
    const { server, resolvers } = await names('b.example');
    const there = await backend();
    const { connect } = await proxyTo(`http://b.example:${portOf(there)}/`, { resolvers });
    expect(server.asked).toContain('b.example A');
    const asked = server.asked.length;
    const client = await connect();
    client.send(askFor('www.example.com'));
    expect((await client.response()).status).toBe(200);
    expect(server.asked).toHaveLength(asked);
  });
});

describe('a thousand origins and more', () => {
  it('are served, and only so many of their connections are kept', { timeout: 60_000 }, async () => {
    const ORIGINS = 1300;
    const KEPT = 1024;
    const { server, resolvers } = await names();
    server.otherwise = HERE;
    const there = await backend();
    const clock = new SimulatedClock(); // no connection closes for its idleness
    const { connect } = await proxyTo(ANYWHERE, { resolvers }, { clock });
    const client = await connect();
    for (let n = 0; n < ORIGINS; n++) {
      client.send(askFor(`n${n}.example:${portOf(there)}`));
      expect((await client.response()).status).toBe(200);
    }
    const open = () => there.connections.filter(({ ending }) => ending === null).length;
    await eventually(() => open() <= KEPT);
    expect(open()).toBe(KEPT);
    client.send(askFor(`n0.example:${portOf(there)}`)); // forgotten, and made again
    expect((await client.response()).status).toBe(200);
    expect(there.connections).toHaveLength(ORIGINS + 1);
  });
});
