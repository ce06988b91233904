// How connections of a virtual server end that never came to a server, or whose server went first: nothing is tried twice, and no
// place stays taken.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { backend } from '../kit/backend.ts';
import { client } from '../kit/client.ts';
import { eventually, settled } from '../kit/eventually.ts';
import type { RunningRouter } from '../kit/router.ts';
import { silentServer } from '../kit/silent-server.ts';
import { echo, endingOf, front, silent } from '../kit/virtual-server.ts';
import type { WirePeer } from '../kit/wire-peer.ts';

const countersOf = ({ router }: RunningRouter) => router.status().farms[0]!.servers.map(({ counters }) => counters);
const connectionsOf = ({ router }: RunningRouter) =>
  router.status().listeners.find(({ name }) => name === 'web')!.connections!;

/** Less than a stream takes before it is full. */
const PIECE = 60_000;

/** Bytes on their way to `peer` that the system holds (proc_net_tcp: tx_queue and rx_queue). */
function inSystem({ socket }: WirePeer): number {
  const near = hexPort(socket.localPort!);
  const far = hexPort(socket.remotePort!);
  let bytes = 0;
  for (const line of readFileSync('/proc/self/net/tcp', 'utf8').split('\n')) {
    const [, local = '', remote = '', , queues = ''] = line.trim().split(/\s+/);
    const [sending, receiving] = queues.split(':');
    if (local.endsWith(near) && remote.endsWith(far)) bytes += Number.parseInt(receiving!, 16);
    if (local.endsWith(far) && remote.endsWith(near)) bytes += Number.parseInt(sending!, 16);
  }
  return bytes;
}

const hexPort = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

async function talking({ url }: RunningRouter) {
  const peer = await client(url);
  peer.send('ping');
  await peer.receives(':ping');
  return peer;
}

describe('a server that has ended and is gone', () => {
  it('leaves a client that goes on sending some time to see the end, and no other server gets its bytes', async () => {
    const clock = new SimulatedClock();
    const [first, second] = [await silent(), await silent()];
    const running = await front([first, second], {}, { limits: { idleTimeout: '1d' } }, {}, { clock });
    const peer = await client(running.url);
    const far = await Promise.race([first.connection(0), second.connection(0)]);
    far.end('bye');
    await peer.receives('bye');
    await peer.until(() => peer.ending);
    far.socket.destroy(); // what comes now is answered by a reset
    await eventually(() => {
      peer.send('more');
      clock.advance(1000);
      return connectionsOf(running).current === 0;
    });
    expect(first.connections.length + second.connections.length).toBe(1);
    expect(connectionsOf(running)).toMatchObject({ total: 1, failed: 0 });
    expect(countersOf(running).map(({ currentRequests, failedRequests }) => [currentRequests, failedRequests])).toEqual(
      [
        ...[
          [0, 0],
          [0, 0],
        ],
      ],
    );
  });
});

describe('a server that has ended its side and reads no more', () => {
  it('is let go after idleTimeout when the client is gone too', async () => {
    const clock = new SimulatedClock();
    const server = await silent();
    const running = await front([server], {}, { limits: { idleTimeout: '60s' } }, {}, { clock });
    const peer = await client(running.url);
    const far = await server.connection(0);
    far.socket.pause();
    far.end('bye');
    await peer.receives('bye');
    let sent = 0;
    const withRouter = () => sent - far.socket.bytesRead - inSystem(far);
    const systemIsFull = async () => withRouter() > 0 && (await settled(withRouter).then(withRouter)) > 0;
    while (!(await systemIsFull())) {
      peer.send(Buffer.alloc(PIECE));
      sent += PIECE;
      await eventually(() => countersOf(running)[0]!.bytesSent === sent);
    }
    peer.end();
    await settled(() => connectionsOf(running).current);
    clock.advance(61_000);
    await eventually(() => connectionsOf(running).current === 0);
    far.socket.resume();
    expect(await far.closed()).toBe('reset');
  });
});

describe('a client that breaks off', () => {
  it('while it waits for a place gives up its turn', async () => {
    const server = await echo('a');
    const running = await front([server], { protocol: { maxConnections: 1 } });
    const first = await talking(running);
    const waiting = await client(running.url);
    waiting.send('early');
    await eventually(() => connectionsOf(running).current === 2);
    waiting.reset();
    await eventually(() => connectionsOf(running).current === 1);
    const next = await client(running.url);
    next.send('ping');
    await eventually(() => connectionsOf(running).current === 2);
    first.end();
    await next.receives('a:ping');
    expect(server.connections).toHaveLength(2);
  });

  it('while its server is dialled frees the place at once', async () => {
    const running = await front([await silentServer()]);
    const peer = await client(running.url);
    await eventually(() => countersOf(running)[0]!.currentRequests === 1);
    peer.reset();
    await eventually(() => connectionsOf(running).current === 0);
    expect(countersOf(running)[0]).toMatchObject({ currentRequests: 0 });
  });

  it('may have ended its side before: what it said is answered once there is a place', async () => {
    const server = await echo('a');
    const running = await front([server], { protocol: { maxConnections: 1 } });
    const first = await talking(running);
    const waiting = await client(running.url);
    const much = 'x'.repeat(300_000);
    waiting.send(much).end();
    await eventually(() => connectionsOf(running).current === 2);
    first.end();
    await waiting.until(() => waiting.ending);
    expect(waiting.text.replaceAll('a:', '')).toBe(much);
    expect(waiting.ending).toBe('end');
  });
});

describe('a connection that waits', () => {
  it('goes nowhere once no server takes work, and the log says why', async () => {
    const clock = new SimulatedClock();
    const server = await echo('a');
    const admin = { address: '127.0.0.1:0' };
    const running = await front([server], { protocol: { maxConnections: 1, timeout: '5s' } }, {}, { admin }, { clock });
    await talking(running);
    const waiting = client(running.url);
    await eventually(() => connectionsOf(running).current === 2);
    const url = `${running.urlOf('admin')}/api/farms/shop/servers/${encodeURIComponent(server.address)}/state`;
    expect((await askAdmin('PUT', url, { state: 'Drain' })).status).toBe(200);
    clock.advance(5100);
    expect(await (await waiting).closed()).toBe('reset');
  });
});

describe('a retry', () => {
  it('that finds no place costs nothing of the budget', async () => {
    const clock = new SimulatedClock();
    const closed = await backend();
    await closed.close();
    const second = await echo('b');
    const servers = [
      { address: closed.address, priorityGroup: 2 },
      { address: second.address, priorityGroup: 1 },
    ];
    const farm = {
      ...{ servers, loadBalancing: { priorityGroupActivation: 1 }, protocol: { maxConnections: 1 } },
      retry: { attempts: 2, on: ['connect', 'lost'], budget: { percent: 0, minPerSecond: 1 } },
    };
    const running = await front([], farm, {}, {}, { clock });
    const first = await talking(running);
    clock.advance(1000);
    expect(await endingOf(running, 'ping', 'b:ping')).toBe('reset');
    first.end();
    await eventually(() => connectionsOf(running).current === 0);
    expect(await endingOf(running, 'ping', 'b:ping')).toBe('answered');
  });

  it('goes to the next priority group where none of the higher one is left', async () => {
    const closed = await backend();
    await closed.close();
    const second = await echo('b');
    const servers = [
      { address: closed.address, priorityGroup: 2 },
      { address: second.address, priorityGroup: 1 },
    ];
    const running = await front([], { servers, loadBalancing: { priorityGroupActivation: 1 } });
    expect(await endingOf(running, 'ping', 'b:ping')).toBe('answered');
  });
});
