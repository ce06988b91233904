// How connections of a virtual server end that never came to a server, or whose server went first: nothing is tried twice, and no
// place stays taken.
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { backend } from '../kit/backend.ts';
import { client } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import type { RunningRouter } from '../kit/router.ts';
import { silentServer } from '../kit/silent-server.ts';
import { echo, endingOf, front, silent } from '../kit/virtual-server.ts';

const countersOf = ({ router }: RunningRouter) => router.status().farms[0]!.servers.map(({ counters }) => counters);
const connectionsOf = ({ router }: RunningRouter) =>
  router.status().listeners.find(({ name }) => name === 'web')!.connections!;

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
