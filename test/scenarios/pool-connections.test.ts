// Connections to servers: which one a request takes, what becomes of it, and what is repeated when it breaks
// (DESIGN 5 and 6, CONTRACT 3).
import { describe, expect, it } from 'vitest';
import { type Router, SimulatedClock } from '../../src/index.ts';
import { type Answer, type Backend, backend, ok } from '../kit/backend.ts';
import { client, get, withBody } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { type RunningRouter, router, shop } from '../kit/router.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

/** Sends one request on a connection of its own and gives the body of the answer. */
async function ask({ connect }: RunningRouter, request = get()): Promise<string> {
  const client = await connect();
  client.send(request);
  const { body } = await client.response();
  client.socket.destroy();
  return body.toString();
}

const usedBy = (server: Backend): number[] => server.requests.map(({ connectionIndex }) => connectionIndex);

/** A farm whose only server has one connection, to the port of `server`. */
function onPortOf({ address }: Backend, more: Record<string, unknown> = {}): Record<string, unknown> {
  const [host, port] = address.split(':');
  const servers = [{ address: host, httpPort: Number(port) }];
  return {
    listeners: { web: { address: '127.0.0.1:0' }, ...more },
    farms: { shop: { servers, protocol: { maxConnections: 1, idleTimeout: '1h' } } },
  };
}

const currentRequests = (running: Router): number => running.status().farms[0]!.servers[0]!.counters.currentRequests;

/** Answers after both of two requests are there. */
function inPairs(): Answer {
  let waiting: Parameters<Answer>[0] | null = null;
  return (request) => {
    if (waiting === null) {
      waiting = request;
      return undefined;
    }
    waiting.connection.send(ok());
    waiting = null;
    return ok();
  };
}

describe('an idle server connection', () => {
  it('serves another client', async () => {
    const server = await backend();
    const router = await shop([server]);
    await ask(router);
    await ask(router);
    expect(usedBy(server)).toEqual([0, 0]);
  });

  it('that was used last is taken first', async () => {
    const server = await backend(({ startLine, ...request }) =>
      startLine.includes('/pair') ? pairs({ startLine, ...request }) : ok(),
    );
    const pairs = inPairs();
    const router = await shop([server]);
    await Promise.all([ask(router, get('/pair')), ask(router, get('/pair'))]);
    await ask(router);
    const last = usedBy(server).at(-1);
    await ask(router);
    await ask(router);
    expect(usedBy(server).slice(2)).toEqual([last, last, last]);
  });

  it('is closed after protocol.idleTimeout', async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const router = await shop([server], { protocol: { idleTimeout: '3s' } }, {}, { clock });
    await ask(router);
    clock.advance(2900);
    expect(server.connections[0]!.ending).toBeNull();
    clock.advance(200);
    await server.connections[0]!.closed();
  });

  it("is closed one second before the server's own time", async () => {
    const clock = new SimulatedClock();
    const server = await backend(() => ok('ok', 'Keep-Alive: timeout=3, max=100\r\n'));
    const router = await shop([server], { protocol: { idleTimeout: '1m' } }, {}, { clock });
    await ask(router);
    clock.advance(1900);
    await ask(router);
    expect(usedBy(server)).toEqual([0, 0]);
    clock.advance(2100);
    await server.connections[0]!.closed();
  });

  it('is not kept at all when the server keeps it for a second or less', async () => {
    const server = await backend(() => ok('ok', 'Keep-Alive: timeout=1\r\n'));
    const router = await shop([server]);
    await ask(router);
    await server.connections[0]!.closed();
  });

  it('that the server closes is not used again', async () => {
    const server = await backend();
    const router = await shop([server]);
    await ask(router);
    server.connections[0]!.end();
    await server.connections[0]!.closed();
    await ask(router, withBody('POST', 'x'));
    expect(usedBy(server)).toEqual([0, 1]);
  });

  it('is not used again when the answer said Connection: close', async () => {
    const server = await backend(() => ok('ok', 'Connection: close\r\n'));
    const router = await shop([server]);
    await ask(router);
    await ask(router);
    expect(usedBy(server)).toEqual([0, 1]);
  });

  it('is taken by a request that may not be repeated only while it is idle for less than a second', async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const router = await shop([server], { protocol: { idleTimeout: '1m' } }, {}, { clock });
    await ask(router);
    clock.advance(900);
    await ask(router, withBody('POST', 'x'));
    clock.advance(1100);
    await ask(router);
    clock.advance(1100);
    await ask(router, withBody('POST', 'x'));
    expect(usedBy(server)).toEqual([0, 0, 0, 1]);
  });
});

describe('a kept connection that closes under a request', () => {
  const closing = (second: string): Answer => {
    return (request) => {
      if (!request.startLine.includes('/again')) return ok('first');
      if (request.connectionIndex > 0) return ok('again');
      if (second === 'reset') request.connection.reset();
      else request.connection.end(second);
      return undefined;
    };
  };

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])(
    'is replaced by a new one to the same server for %s',
    async (method) => {
      const server = await backend(closing(''));
      const spare = await backend();
      const router = await shop([server, spare], { loadBalancing: { algorithm: 'WeightedRoundRobin' } });
      await ask(router);
      await ask(router);
      const client = await router.connect();
      client.send(`${method} /again HTTP/1.1\r\nHost: shop.example\r\n\r\n`);
      expect((await client.response(method)).status).toBe(200);
      expect(usedBy(server)).toEqual([0, 0, 1]);
      expect(spare.requests).toHaveLength(1);
      const counters = router.router.status().farms[0]!.servers.map((member) => member.counters.failedRequests);
      expect(counters).toEqual([0, 0]);
    },
  );

  it('is replaced when it is reset, too', async () => {
    const server = await backend(closing('reset'));
    const router = await shop([server]);
    await ask(router);
    expect(await ask(router, get('/again'))).toBe('again');
  });

  it.each([
    ['POST', withBody('POST', 'x').replace('POST / ', 'POST /again ')],
    ['POST without a body', 'POST /again HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 0\r\n\r\n'],
    ['PATCH', withBody('PATCH', 'x').replace('PATCH / ', 'PATCH /again ')],
    ['PUT with a body', withBody('PUT', 'x').replace('PUT / ', 'PUT /again ')],
  ])('is not replaced for %s: 502', async (_, request) => {
    const server = await backend(closing(''));
    const spare = await backend();
    const router = await shop([server], { protocol: { retries: 3 } });
    await ask(router);
    const client = await router.connect();
    client.send(request);
    expect((await client.response()).status).toBe(502);
    expect(server.requests).toHaveLength(2);
    expect(spare.requests).toHaveLength(0);
  });

  it('is not replaced once a byte of an answer has come', async () => {
    const server = await backend(closing('HTTP/1.1 2'));
    const router = await shop([server]);
    await ask(router);
    const client = await router.connect();
    client.send(get('/again'));
    expect((await client.response()).status).toBe(502);
    expect(server.requests).toHaveLength(2);
  });

  it('is replaced once: a new one that closes is a failure', async () => {
    const server = await backend(({ startLine, connection }) =>
      startLine.includes('/again') ? void connection.end() : ok(),
    );
    const router = await shop([server]);
    await ask(router);
    const client = await router.connect();
    client.send(get('/again'));
    expect((await client.response()).status).toBe(502);
    expect(server.requests).toHaveLength(3);
  });
});

describe('a server that cannot be reached', () => {
  /** An address that nobody listens on. */
  async function nowhere(): Promise<string> {
    const server = await backend();
    await server.close();
    return server.address;
  }

  it('leaves the request to another candidate', async () => {
    const server = await backend();
    const router = await shop([await nowhere(), server]);
    for (let i = 0; i < 4; i++) expect(await ask(router, withBody('POST', 'x'))).toBe('ok');
    const [failed, served] = router.router.status().farms[0]!.servers;
    expect(failed!.counters.failedRequests).toBeGreaterThan(0);
    expect(served!.counters).toMatchObject({ totalRequests: 4, failedRequests: 0 });
  });

  it.each([
    [0, 1],
    [1, 2],
    [2, 3],
  ])('is followed by at most %i others (protocol.retries)', async (retries, attempts) => {
    const router = await shop([await nowhere(), await nowhere(), await nowhere(), await nowhere()], {
      protocol: { retries },
    });
    const client = await router.connect();
    client.send(get());
    const response = await client.response();
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=connection_refused; details="502\.3 /);
    const { servers } = router.router.status().farms[0]!;
    expect(servers.filter(({ counters }) => counters.totalRequests > 0)).toHaveLength(attempts);
  });
});

describe('an authenticated connection', () => {
  const AUTHORIZATION = 'Authorization: NTLM abc\r\n';
  /** As a server with NTLM: whoever authenticates on a connection is its user from then on. */
  function ntlm(): Answer {
    const users = new Map<number, string>();
    return ({ connectionIndex, head }) => {
      const [, name] = /Authorization: NTLM (\w+)/.exec(head) ?? [];
      if (name !== undefined) users.set(connectionIndex, name);
      const user = users.get(connectionIndex);
      return user === undefined
        ? 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n'
        : ok(user);
    };
  }

  it('never serves another user, whoever asks next', async () => {
    const server = await backend(ntlm());
    const router = await shop([server]);
    const [anna, bert] = [await router.connect(), await router.connect()];
    const say = async (client: typeof anna, fields = '') => {
      client.send(get('/', fields));
      const { status, body } = await client.response();
      return status === 401 ? 'nobody' : body.toString();
    };
    expect(await say(anna)).toBe('nobody');
    expect(await say(bert)).toBe('nobody');
    expect(await say(anna, 'Authorization: NTLM anna\r\n')).toBe('anna');
    expect(await say(bert, 'Authorization: NTLM bert\r\n')).toBe('bert');
    for (let i = 0; i < 3; i++) {
      expect(await say(anna)).toBe('anna');
      expect(await say(bert)).toBe('bert');
    }
    const carla = await router.connect();
    expect(await say(carla)).toBe('nobody');
    expect(server.connections).toHaveLength(3);
  });

  it('stays with its client although balancing would take another server, and goes with it', async () => {
    const servers = [await backend(ntlm()), await backend(ntlm())];
    const router = await shop(servers);
    const anna = await router.connect();
    for (const fields of [AUTHORIZATION, '', '', '']) {
      anna.send(get('/', fields));
      expect((await anna.response()).body.toString()).toBe('abc');
    }
    expect(servers.map((server) => server.requests.length).sort()).toEqual([0, 4]);
    anna.end();
    const [used] = servers.filter((server) => server.requests.length > 0);
    await used!.connections[0]!.closed();
  });

  it('of Negotiate is treated alike, one of Basic is not', async () => {
    const server = await backend();
    const router = await shop([server]);
    await ask(router, get('/', 'Authorization: Basic abc\r\n'));
    await ask(router, get('/', 'Authorization: Negotiate abc\r\n'));
    await ask(router);
    expect(usedBy(server)).toEqual([0, 0, 1]);
  });
});

describe('protocol.maxConnections', () => {
  it('is never exceeded, and those who wait are served in their turn', async () => {
    const held: (() => void)[] = [];
    const server = await backend(({ connection }) => void held.push(() => connection.send(ok())));
    const router = await shop([server], { protocol: { maxConnections: 2 } });
    const answers = Promise.all(Array.from({ length: 6 }, () => ask(router)));
    for (let served = 0; served < 6; served++) {
      await server.request(served);
      if (served > 0) held.shift()!();
    }
    held.shift()!();
    expect(await answers).toEqual(Array(6).fill('ok'));
    expect(server.connections).toHaveLength(2);
  });

  it('is exact for two workers together', async () => {
    let released = false;
    let unanswered = 0;
    let most = 0;
    const answer = (connection: WirePeer): void => {
      unanswered--;
      connection.send(ok('ok', 'Connection: close\r\n'));
    };
    // A connection is free only after its answer: requests that wait for theirs are connections in use.
    const server = await backend(({ connection }) => {
      most = Math.max(most, ++unanswered);
      if (released) setImmediate(answer, connection);
      return undefined;
    });
    const router = await shop([server], { protocol: { maxConnections: 3 } }, {}, { workers: 2 });
    const answers = Promise.all(Array.from({ length: 40 }, () => ask(router)));
    await server.request(2);
    await eventually(() => router.router.status().farms[0]!.servers[0]!.counters.currentRequests === 40);
    expect(server.connections).toHaveLength(3);
    released = true;
    for (const connection of [...server.connections]) answer(connection);
    expect(await answers).toEqual(Array(40).fill('ok'));
    expect(most).toBe(3);
  });

  it('is shared: a worker that is always busy leaves some to the other', async () => {
    const server = await backend();
    const router = await shop([server], { protocol: { maxConnections: 1, timeout: '10s' } }, {}, { workers: 2 });
    // Without sharing, the clients of one worker would keep the one connection for as long as they ask.
    const clients = await Promise.all(Array.from({ length: 16 }, () => router.connect()));
    let answered = 0;
    const served = new Set<number>();
    const rounds = clients.map(async (client, index) => {
      while (served.size < clients.length) {
        client.send(get());
        expect((await client.response()).status).toBe(200);
        served.add(index);
        answered++;
      }
    });
    await Promise.all(rounds);
    expect(answered).toBeGreaterThan(clients.length);
  });

  it('makes room among idle connections that a request may not take', async () => {
    const clock = new SimulatedClock();
    const server = await backend();
    const router = await shop([server], { protocol: { maxConnections: 1, idleTimeout: '1m' } }, {}, { clock });
    await ask(router);
    clock.advance(2000);
    await ask(router, withBody('POST', 'x'));
    expect(usedBy(server)).toEqual([0, 1]);
  });

  it('is not spent on idle connections of a place that a reload has left', async () => {
    const [before, after] = [await backend(() => undefined), await backend()];
    const { router: running, connect } = await router(onPortOf(before));
    const clients = [await connect(), await connect(), await connect()];
    clients[0]!.send(get());
    await before.request(0);
    clients[1]!.send(get());
    await eventually(() => currentRequests(running) === 2);
    await running.reload(onPortOf(after));
    clients[2]!.send(get());
    await eventually(() => currentRequests(running) === 3);
    for (const index of [0, 1]) {
      (await before.request(index)).connection.send(ok());
      expect((await clients[index]!.response()).status).toBe(200);
    }
    expect((await clients[2]!.response()).status).toBe(200);
    expect(after.requests).toHaveLength(1);
  });

  it('leaves nobody behind who waits when a reload changes the place', async () => {
    const [before, after] = [await backend(), await backend()];
    const raw = { address: '127.0.0.1:0', protocol: 'tcp', farm: 'shop' };
    const { router: running, urlOf } = await router(onPortOf(before, { raw }));
    const holder = await client(urlOf('raw'));
    await before.connection(0);
    const waiting = await client(urlOf('web'));
    waiting.send(get());
    await eventually(() => currentRequests(running) === 2);
    await running.reload(onPortOf(after, { raw }));
    holder.end();
    before.connections[0]!.end();
    expect((await waiting.response()).status).toBe(200);
    expect(before.requests).toHaveLength(1);
  });

  it('lets nobody wait longer than protocol.timeout', async () => {
    const clock = new SimulatedClock();
    const server = await backend(() => undefined);
    const router = await shop([server], { protocol: { maxConnections: 1, timeout: '5s' } }, {}, { clock });
    const first = await router.connect();
    first.send(get());
    await server.request(0);
    const second = await router.connect();
    second.send(get());
    await eventually(() => router.router.status().farms[0]!.servers[0]!.counters.currentRequests === 2);
    clock.advance(5100);
    expect((await second.response()).status).toBe(502);
  });
});
