// What passes behind a 101, byte for byte, and how sessions end (decision 0023).
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { eventually, settled } from '../kit/eventually.ts';
import { patterned, patternFault } from '../kit/patterned-bytes.ts';
import { accepted, handshake, openSession, received, sessionServer, switching } from '../kit/raw-upgrade.ts';
import { type RunningRouter, shop } from '../kit/router.ts';
import { pass } from '../kit/stop-router.ts';

const MIB = 1024 * 1024;

const countersOf = ({ router }: RunningRouter) => router.status().farms[0]!.servers[0]!.counters;

/** A close frame with 1001 to a client, and its length to a server (masked). */
const GOING_AWAY = Buffer.from([0x88, 2, 1001 >> 8, 1001 & 0xff]);

describe('bytes of a session', () => {
  it('that came with the heads on either side are not lost', async () => {
    const server = await backend(({ connection }) => void connection.send(`${accepted()}from the server`));
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(`${handshake()}from the client`);
    await client.receives('\r\n\r\nfrom the server');
    await server.connections[0]!.receives('\r\n\r\nfrom the client');
  });

  it('may come with the heads one by one', async () => {
    const answer = Buffer.from(`${accepted()}\x82\x01a`, 'latin1');
    const server = await backend(({ connection }) => {
      const sendFrom = (at: number): void => {
        if (at === answer.length) return;
        connection.socket.write(answer.subarray(at, at + 1), () => setImmediate(sendFrom, at + 1));
      };
      sendFrom(0);
    });
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(handshake());
    await client.receives('\r\n\r\n\x82\x01a');
  });

  it.each([1, 100, 8191, 8192, 8193, 16_384, 70_000, 300_000])(
    'come whole and in order in pieces of %i',
    async (size) => {
      const server = await sessionServer();
      const session = await openSession(await shop([server]), server);
      const sent = patterned(size * 5);
      for (let at = 0; at < sent.length; at += size) {
        const piece = sent.subarray(at, at + size);
        session.client.send(piece);
        session.server.send(piece);
        await session.client.until(() => (received(session.client).length >= at + size ? true : null));
        await session.server.until(() => (received(session.server).length >= at + size ? true : null));
      }
      expect(received(session.client).equals(sent)).toBe(true);
      expect(received(session.server).equals(sent)).toBe(true);
    },
  );

  it.each(['client', 'server'] as const)(
    'wait for a slow %s: whoever sends is held up, and nothing is lost',
    async (slow) => {
      const server = await sessionServer();
      const running = await shop([server]);
      const session = await openSession(running, server);
      const reader = session[slow];
      const writer = session[slow === 'client' ? 'server' : 'client'];
      const before = reader.socket.bytesRead;
      reader.socket.pause();
      const total = 24 * MIB;
      const bytes = patterned(total);
      let sent = 0;
      const sendMore = (): void => {
        while (sent < total && writer.socket.writableLength === 0) {
          const piece = bytes.subarray(sent, sent + MIB);
          sent += piece.length;
          writer.socket.write(piece, sendMore);
        }
      };
      sendMore();
      await settled(() => writer.socket.bytesWritten - writer.socket.writableLength);
      expect(sent).toBeLessThan(total);
      const { webSocketBytesSent, webSocketBytesReceived } = countersOf(running);
      expect(Math.max(webSocketBytesSent, webSocketBytesReceived)).toBeLessThan(total);
      reader.socket.resume();
      await reader.until(() => (reader.socket.bytesRead === before + total ? true : null));
      expect(patternFault(received(reader))).toBe(-1);
    },
  );

  it('that wait for a slow client are not overwritten by those of another session', async () => {
    const server = await sessionServer();
    const running = await shop([server]);
    const slow = await openSession(running, server);
    const other = await openSession(running, server);
    const before = slow.client.socket.bytesRead;
    slow.client.socket.pause();
    const bytes = patterned(16 * MIB);
    const PIECE = 40_000;
    for (let at = 0; at < bytes.length; at += PIECE) {
      slow.server.send(bytes.subarray(at, at + PIECE));
      await new Promise((resolve) => setImmediate(resolve)); // no read of the router is to fill its buffer
    }
    await settled(() => slow.server.socket.bytesWritten - slow.server.socket.writableLength);
    for (let n = 1; n <= 20; n++) {
      other.server.send(Buffer.alloc(PIECE, 0xff));
      await other.client.until(() => (received(other.client).length === n * PIECE ? true : null));
    }
    slow.client.socket.resume();
    await slow.client.until(() => (slow.client.socket.bytesRead === before + bytes.length ? true : null));
    expect(patternFault(received(slow.client))).toBe(-1);
  });

  it('are counted as they pass, and apart from those of requests', async () => {
    const server = await sessionServer();
    const running = await shop([server]);
    const session = await openSession(running, server, '/chat');
    session.client.send('1234567890');
    session.server.send('12345');
    await session.server.receives('1234567890');
    await session.client.receives('\r\n\r\n12345');
    const during = { totalWebSocketRequests: 1, currentWebSocketRequests: 1, currentRequests: 1, totalRequests: 0 };
    const bytes = { webSocketBytesSent: 10, webSocketBytesReceived: 5 };
    expect(countersOf(running)).toMatchObject({ ...during, ...bytes, bytesSent: 0, bytesReceived: 0 });
    session.client.end();
    session.server.end();
    await session.client.closed();
    await eventually(() => countersOf(running).currentRequests === 0);
    const after = { totalWebSocketRequests: 1, currentWebSocketRequests: 0, totalRequests: 1, failedRequests: 0 };
    expect(countersOf(running)).toMatchObject({ ...after, ...bytes, bytesSent: 0, bytesReceived: 0 });
  });
});

describe('the end of a session', () => {
  it.each(['client', 'server'] as const)('of the %s is one of that side alone', async (first) => {
    const server = await sessionServer();
    const running = await shop([server]);
    const session = await openSession(running, server);
    const ending = session[first];
    const other = session[first === 'client' ? 'server' : 'client'];
    ending.end('last words');
    await other.receives('last words');
    expect(await other.closed()).toBe('end');
    other.send('an answer').send(' and more');
    await ending.receives('an answer and more');
    other.end();
    expect(await ending.closed()).toBe('end');
    await eventually(() => countersOf(running).currentRequests === 0);
  });

  it('may come with the handshake: a client that has ended its side already', async () => {
    const server = await sessionServer(`${accepted()}hello`);
    const { connect } = await shop([server]);
    const client = await connect();
    client.end(`${handshake()}bye`);
    await client.receives('\r\n\r\nhello');
    const connection = await server.connection(0);
    await connection.receives('\r\n\r\nbye');
    expect(await connection.closed()).toBe('end');
    connection.end();
    expect(await client.closed()).toBe('end');
  });

  it('may come between the handshake and its 101', async () => {
    const server = await backend(undefined, { onConnection: () => {} });
    const running = await shop([server]);
    const client = await running.connect();
    client.send(handshake());
    const connection = await server.connection(0);
    await connection.receives('\r\n\r\n');
    client.end();
    const later = (await running.connect()).send('GET / HTTP/9.9\r\n\r\n');
    await later.receives('HTTP/1.1 505'); // the router has seen the end by now
    connection.send(`${accepted()}hello`);
    await client.receives('\r\n\r\nhello');
    expect(await connection.closed()).toBe('end');
    connection.end();
    expect(await client.closed()).toBe('end');
  });

  it('comes with all that was said before it, however slow the other side is', async () => {
    const server = await sessionServer();
    const session = await openSession(await shop([server]), server);
    session.client.socket.pause();
    const sent = patterned(4 * MIB);
    session.server.end(sent);
    session.client.end();
    await settled(() => session.server.socket.bytesWritten);
    session.client.socket.resume();
    expect(await session.client.closed()).toBe('end');
    expect(received(session.client).equals(sent)).toBe(true);
  });

  it.each(['client', 'server'] as const)('by a reset of the %s in mid-frame is one for the other', async (first) => {
    const server = await sessionServer();
    const running = await shop([server]);
    const session = await openSession(running, server);
    const other = session[first === 'client' ? 'server' : 'client'];
    session[first].send('\x82\x7e\x01\x00half');
    await other.receives('half');
    session[first].reset();
    await other.closed();
    await eventually(() => countersOf(running).currentRequests === 0);
    expect(countersOf(running)).toMatchObject({ currentWebSocketRequests: 0, failedRequests: 0 });
    expect((await openSession(running, server)).client.ending).toBe(null);
  });

  it('by a server that breaks off is a reset for the client, which must not take it for the end', async () => {
    const server = await sessionServer();
    const session = await openSession(await shop([server]), server);
    session.server.reset();
    expect(await session.client.closed()).toBe('reset');
  });

  it('is one line of the access log, with what it was', async () => {
    const path = join(tmpdir(), `narrows-session-${process.pid}.log`);
    const server = await sessionServer();
    const running = await shop([server], {}, { accessLog: { path, format: 'json' } });
    const session = await openSession(running, server, '/chat');
    session.client.send('12345678');
    await session.server.receives('12345678');
    const head = session.client.bytes.length;
    session.server.end('1234');
    session.client.end();
    await session.client.closed();
    await eventually(() => countersOf(running).currentRequests === 0);
    await running.router.stop();
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0]!);
    expect(line).toMatchObject({ url: '/chat', status: 101, subStatus: 0, server: server.address, attempts: 1 });
    expect([line.bytesIn, line.bytesOut]).toEqual([handshake('/chat').length + 8, head + 4]);
    expect(line.error).toBe(undefined);
  });
});

describe('time', () => {
  const within = async (farm: Record<string, unknown>, rest: Record<string, unknown> = {}) => {
    const clock = new SimulatedClock();
    const server = await sessionServer();
    const running = await shop([server], farm, rest, { clock });
    return { clock, running, session: await openSession(running, server) };
  };

  it('does not end a session: its time-outs were those of the handshake', async () => {
    const { clock, session } = await within({ protocol: { timeout: '1s' } });
    for (let minute = 0; minute < 120; minute++) await pass(clock, 60_000);
    session.client.send('still here');
    await session.server.receives('still here');
    session.server.send('here too');
    await session.client.receives('here too');
  });

  it('ends one with idleTimeout after so much silence, with a close frame to both', async () => {
    const { clock, session } = await within({ protocol: { upgrade: { idleTimeout: '60s' } } });
    await pass(clock, 50_000);
    session.client.send('\x82\x80abcd');
    await session.server.receives('\x82\x80abcd');
    await pass(clock, 50_000);
    session.server.send('\x82\x01a');
    await session.client.receives('\x82\x01a');
    await pass(clock, 50_000);
    expect([session.client.ending, session.server.ending]).toEqual([null, null]);
    await pass(clock, 11_000);
    await session.client.until(() => (received(session.client).subarray(3).equals(GOING_AWAY) ? true : null));
    await session.server.until(() => (session.server.bytes.at(-8) === 0x88 ? true : null));
  });

  it.each([
    ['protocol.timeout', { timeout: '10s' }],
    ['protocol.upgrade.idleTimeout', { timeout: '60s', upgrade: { idleTimeout: '10s' } }],
  ])('ends one whose one side has ended when the other falls silent for %s', async (limit, protocol) => {
    const path = join(tmpdir(), `narrows-silence-${process.pid}.log`);
    const { clock, running, session } = await within({ protocol }, { accessLog: { path, format: 'json' } });
    session.server.end();
    await session.client.closed();
    for (let n = 0; n < 3; n++) {
      await pass(clock, 9000);
      session.client.send('#');
      await session.server.receives('#'.repeat(n + 1));
    }
    await pass(clock, 11_000);
    await session.server.closed();
    await eventually(() => countersOf(running).currentRequests === 0);
    await pass(clock, 1000); // lines are written in blocks
    const reason = `"reason":"one side had ended, and the other sent nothing for ${limit}"`;
    await eventually(() => readFileSync(path, 'utf8').includes(reason));
  });
});

describe('a client that takes its time', () => {
  it('gets what the server said before it ended, also when it is silent for long', async () => {
    const clock = new SimulatedClock();
    const server = await sessionServer();
    const running = await shop([server], { protocol: { timeout: '10s' } }, {}, { clock });
    const session = await openSession(running, server);
    session.client.socket.pause();
    const bytes = patterned(2 * MIB);
    session.server.end(bytes);
    await settled(() => session.server.socket.bytesWritten);
    for (let n = 0; n < 5; n++) await pass(clock, 5000);
    await eventually(() => countersOf(running).currentRequests === 0);
    session.client.socket.resume();
    expect(await session.client.closed()).toBe('end');
    expect(received(session.client).equals(bytes)).toBe(true);
  });
});

describe('a session of another protocol', () => {
  it('passes whatever comes', async () => {
    const farm = { protocol: { upgrade: { allow: ['foo'] } } };
    const server = await sessionServer(switching('Upgrade: foo\r\n'));
    const { connect } = await shop([server], farm);
    const client = await connect();
    client.send(get('/', 'Connection: Upgrade\r\nUpgrade: foo\r\n'));
    await client.response();
    const bytes = patterned(100_000);
    client.send(bytes);
    const connection = server.connections[0]!;
    await connection.until(() => (received(connection).length === bytes.length ? true : null));
    expect(received(connection).equals(bytes)).toBe(true);
    client.reset();
  });
});
