// Sessions and what operators do: states of servers, drains, reloads, and the end of the router (arr.md 8.3, 10;
// decision 0023). With clients and servers that are not ours where a close has to be understood.
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { client } from '../kit/client.ts';
import { eventually, settled } from '../kit/eventually.ts';
import { openSession, received, sessionServer } from '../kit/raw-upgrade.ts';
import { type RunningRouter, shop, shopConfig } from '../kit/router.ts';
import { pass } from '../kit/stop-router.ts';
import { closed, echoed, openWebSocket, webSocketBackend } from '../kit/web-sockets.ts';

const ADMIN = { admin: { address: '127.0.0.1:0' } };
const AT_ONCE = { protocol: { upgrade: { closeSpread: 0 } } };

/** A close frame with 1001, to a client; to a server it is masked, and known by its beginning. */
const GOING_AWAY = '\x88\x02\x03\xe9';
const MASKED_CLOSE = '\x88\x82';

const statusOf = ({ router }: RunningRouter, index = 0) => router.status().farms[0]!.servers[index]!;
const sessionsOf = (running: RunningRouter, index = 0) => statusOf(running, index).counters.currentWebSocketRequests;

async function setState(running: RunningRouter, state: string, index = 0): Promise<void> {
  const { url } = running.router.status().listeners.find(({ name }) => name === 'admin')!;
  const path = `/api/farms/shop/servers/${encodeURIComponent(statusOf(running, index).address)}/state`;
  const { status } = await askAdmin('PUT', `${url}${path}`, { state });
  expect(status).toBe(200);
}

describe.each([0, 2])('with %i workers', (workers) => {
  it('ForcefulStop closes sessions with 1001 on both sides, and those of other servers go on', async () => {
    const servers = [await webSocketBackend(), await webSocketBackend()];
    const running = await shop(
      servers.map(({ address }) => address),
      AT_ONCE,
      ADMIN,
      { workers },
    );
    const sockets = [];
    for (let n = 0; n < 6; n++) sockets.push(await openWebSocket(running.url));
    await eventually(() => sessionsOf(running) + sessionsOf(running, 1) === 6);
    const stopped = sessionsOf(running);
    expect(stopped).toBeGreaterThan(0);
    const codes: number[] = [];
    for (const socket of sockets) socket.on('close', (code) => codes.push(code));
    await setState(running, 'ForcefulStop');
    await eventually(() => codes.length === stopped && servers[0]!.closes.length === stopped);
    expect(new Set([...codes, ...servers[0]!.closes.map(({ code }) => code)])).toEqual(new Set([1001]));
    await eventually(() => sessionsOf(running) === 0);
    for (const socket of sockets.filter(({ readyState }) => readyState === 1))
      expect(await echoed(socket, 'on')).toBe('on');
    expect(statusOf(running).counters).toMatchObject({ failedRequests: 0, currentRequests: 0 });
  });

  it('ForcefulStop reaches sessions from before a reload that changed how the server is connected', async () => {
    const server = await webSocketBackend();
    const running = await shop([server.address], AT_ONCE, ADMIN, { workers });
    const socket = await openWebSocket(running.url);
    await eventually(() => sessionsOf(running) === 1);
    const protocol = { ...AT_ONCE.protocol, proxyProtocol: 'v1' };
    await running.router.reload(shopConfig([server.address], { protocol }, ADMIN));
    expect(await echoed(socket, 'on')).toBe('on');
    const end = closed(socket);
    await setState(running, 'ForcefulStop');
    expect((await end).code).toBe(1001);
    await eventually(() => sessionsOf(running) === 0);
  });

  it.each(['Drain', 'GracefulStop'])('%s lets sessions run, and brings no new ones', async (state) => {
    const servers = [await webSocketBackend(), await webSocketBackend()];
    const running = await shop(
      servers.map(({ address }) => address),
      AT_ONCE,
      ADMIN,
      { workers },
    );
    const socket = await openWebSocket(running.url);
    const other = await openWebSocket(running.url);
    await eventually(() => sessionsOf(running) + sessionsOf(running, 1) === 2);
    await setState(running, state);
    for (let n = 0; n < 3; n++) await openWebSocket(running.url);
    expect([await echoed(socket, 'a'), await echoed(other, 'b')]).toEqual(['a', 'b']);
    expect(sessionsOf(running)).toBe(1);
    socket.close();
    other.close();
  });

  it('a reload that takes away farm, server and listener leaves a session alone', async () => {
    const server = await webSocketBackend();
    const running = await shop([server.address], AT_ONCE, {}, { workers });
    const socket = await openWebSocket(running.url);
    expect(await echoed(socket, 'before')).toBe('before');
    const next = await webSocketBackend();
    await running.router.reload({
      ...shopConfig([]),
      listeners: { other: { address: '127.0.0.1:0' } },
      farms: { cart: { servers: [next.address] } },
    });
    await expect(client(running.url)).rejects.toThrow(/ECONNREFUSED/);
    for (let n = 0; n < 3; n++) expect(await echoed(socket, `after ${n}`)).toBe(`after ${n}`);
    const end = closed(socket);
    socket.close(1000);
    expect((await end).code).toBe(1000);
    // It may have the place of the server that is gone: nothing of the session is counted there.
    expect(await echoed(await openWebSocket(running.router.status().listeners[0]!.url), 'new')).toBe('new');
    const { counters } = statusOf(running);
    expect(counters).toMatchObject({ currentRequests: 1, currentWebSocketRequests: 1, totalWebSocketRequests: 1 });
  });

  it('the end of the router closes them with 1012 after shutdownTimeout, and until then they run', async () => {
    const server = await webSocketBackend();
    const running = await shop([server.address], AT_ONCE, { shutdownTimeout: '300ms' }, { workers });
    const socket = await openWebSocket(running.url);
    const end = closed(socket);
    const stopped = running.router.stop();
    expect(await echoed(socket, 'still')).toBe('still');
    expect((await end).code).toBe(1012);
    await stopped;
    expect(running.log.filter(({ facts }) => facts.event === 'requests-cut')).toEqual([]);
    await eventually(() => server.closes.length === 1);
    expect(server.closes).toEqual([{ code: 1012, reason: '' }]);
  });
});

describe('a drain', () => {
  it('is not done while a session is open', async () => {
    const clock = new SimulatedClock();
    const server = await sessionServer();
    const running = await shop([server], {}, ADMIN, { clock });
    const session = await openSession(running, server);
    await eventually(() => sessionsOf(running) === 1);
    await setState(running, 'Drain');
    for (let minute = 0; minute < 60; minute++) await pass(clock, 60_000);
    expect(statusOf(running)).toMatchObject({
      state: 'Draining',
      drain: { webSockets: 1, requests: 0, endedBy: null },
    });
    session.client.end();
    session.server.end();
    await eventually(() => sessionsOf(running) === 0);
    await pass(clock, 2000);
    expect(statusOf(running)).toMatchObject({ state: 'Inactive', drain: { endedBy: 'noBindings' } });
  });
});

describe('ForcefulStop', () => {
  const within = async (closeSpread: number | string = 0) => {
    const clock = new SimulatedClock();
    const server = await sessionServer();
    const running = await shop([server], { protocol: { upgrade: { closeSpread } } }, ADMIN, { clock });
    return { clock, server, running, session: await openSession(running, server) };
  };

  it('waits for the end of the frame that either side is sending', async () => {
    const { running, session } = await within();
    const { client, server } = session;
    server.send('\x82\x05abc');
    client.send('\x82\x85KEY.12');
    await client.receives('abc');
    await server.receives('12');
    await setState(running, 'ForcefulStop');
    server.send('de\x82\x01x');
    client.send('345\x82\x80mask');
    await client.receives(`\x82\x05abcde${GOING_AWAY}`);
    await server.receives(`\x82\x85KEY.12345${MASKED_CLOSE}`);
    // Nothing of what came after the close frame has passed, and the answers to it end the session.
    server.send('\x88\x00');
    client.send('\x88\x80mask');
    expect(await client.closed()).toBe('end');
    await server.closed();
    expect(received(client).toString('latin1')).toBe(`\x82\x05abcde${GOING_AWAY}`);
    expect(received(server)).toHaveLength(11 + 8);
  });

  it('does not add to the close frame that a peer has sent', async () => {
    const { running, session } = await within();
    session.server.send('\x88\x02\x03\xe8');
    await session.client.receives('\x88\x02\x03\xe8');
    await setState(running, 'ForcefulStop');
    session.client.send('\x88\x80mask');
    await session.client.closed();
    expect(received(session.client).toString('latin1')).toBe('\x88\x02\x03\xe8');
  });

  it('cuts a session that does not come to the end of a frame', async () => {
    const { clock, running, session } = await within();
    session.server.send('\x82\x05abc');
    await session.client.receives('abc');
    await setState(running, 'ForcefulStop');
    await pass(clock, 1000);
    expect(session.client.ending).toBe(null);
    await pass(clock, 1100);
    expect(await session.client.closed()).toBe('reset');
    await session.server.closed();
  });

  it('ends a session whose peers do not answer the close frame', async () => {
    const { clock, running, session } = await within();
    await setState(running, 'ForcefulStop');
    await session.client.receives(GOING_AWAY);
    await pass(clock, 2100);
    expect(await session.client.closed()).toBe('end');
    await session.server.closed();
    await eventually(() => sessionsOf(running) === 0);
  });

  it('keeps no client for ever that has stopped reading before', async () => {
    const server = await sessionServer();
    const limits = { bodyProgressTimeout: '300ms', lingerTimeout: '300ms', idleTimeout: '1s' };
    const running = await shop([server], { protocol: { upgrade: { closeSpread: 0 } } }, { ...ADMIN, limits });
    const session = await openSession(running, server);
    session.client.socket.pause();
    const frame = Buffer.concat([Buffer.from([0x82, 126, 4000 >> 8, 4000 & 255]), Buffer.alloc(4000)]); // written as text
    while (session.server.socket.writableLength < 500_000) {
      session.server.socket.write(frame);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settled(() => session.server.socket.bytesWritten - session.server.socket.writableLength);
    await setState(running, 'ForcefulStop');
    await eventually(() => sessionsOf(running) === 0);
    await eventually(() => running.router.status().workers[0]!.connections === 0);
  });

  it('spreads the closing of many over closeSpread', async () => {
    const { clock, server, running, session } = await within('100s');
    const sessions = [session];
    for (let n = 0; n < 59; n++) sessions.push(await openSession(running, server));
    const told = () => sessions.filter(({ client }) => client.text.includes(GOING_AWAY)).length;
    await eventually(() => sessionsOf(running) === 60);
    await setState(running, 'ForcefulStop');
    const after: number[] = [];
    for (let tenth = 0; tenth < 10; tenth++) {
      await pass(clock, 10_000);
      // Those that were told have ended by the next look: nobody answers.
      await eventually(() => sessionsOf(running) <= 60 - (after.at(-1) ?? 0));
      await eventually(() => told() >= (after.at(-1) ?? 0));
      after.push(told());
    }
    await eventually(() => told() === 60);
    expect(after[4]).toBeGreaterThan(10);
    expect(after[4]).toBeLessThan(50);
  });

  it('cuts what is no WebSocket', async () => {
    const server = await sessionServer('HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\n');
    const running = await shop([server], { protocol: { upgrade: { allow: ['foo'], closeSpread: 0 } } }, ADMIN);
    const peer = await running.connect();
    peer.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n');
    await peer.response();
    await setState(running, 'ForcefulStop');
    expect(await peer.closed()).toBe('reset');
  });
});

describe('the end of the router', () => {
  it('cuts sessions that cannot be closed, and counts them', async () => {
    const clock = new SimulatedClock();
    const server = await sessionServer();
    const running = await shop([server], AT_ONCE, { shutdownTimeout: '10s' }, { clock });
    const session = await openSession(running, server);
    const closing = await openSession(running, server);
    session.server.send('\x82\x05abc');
    await session.client.receives('abc');
    const stopped = running.router.stop();
    let isOver = false;
    void stopped.then(() => {
      isOver = true;
    });
    for (let second = 0; second < 9; second++) await pass(clock, 1000);
    expect(session.client.ending).toBe(null);
    while (!isOver) await pass(clock, 500);
    expect(await session.client.closed()).toBe('reset');
    expect(closing.client.text).toContain('\x88\x02\x03\xf4');
    expect(running.log.find(({ facts }) => facts.event === 'requests-cut')?.facts.requests).toBe(1);
  });
});
