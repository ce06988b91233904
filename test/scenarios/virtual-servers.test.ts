// Virtual servers: connections pass to a farm as they are, byte for byte, in both directions.
import { describe, expect, it } from 'vitest';
import type { Backend } from '../kit/backend.ts';
import { client } from '../kit/client.ts';
import { eventually, settled } from '../kit/eventually.ts';
import { patterned, patternFault } from '../kit/patterned-bytes.ts';
import type { RunningRouter } from '../kit/router.ts';
import { echo, endingOf, front, silent } from '../kit/virtual-server.ts';

const MIB = 1024 ** 2;

/** Nobody listens there. */
async function deadAddress(): Promise<string> {
  const server = await silent();
  await server.close();
  return server.address;
}

/** Who answers so many new connections. */
async function answerers({ url }: RunningRouter, connections: number): Promise<string> {
  let names = '';
  for (let n = 0; n < connections; n++) {
    const peer = await client(url);
    peer.send('ping');
    await peer.receives(':ping');
    names += peer.text[0];
    peer.end();
    expect(await peer.closed()).toBe('end');
  }
  return [...names].sort().join('');
}

const countersOf = ({ router }: RunningRouter) => router.status().farms[0]!.servers.map(({ counters }) => counters);

async function pair(running: RunningRouter, server: Backend, index = 0) {
  const near = await client(running.url);
  const far = await server.connection(index);
  return { near, far };
}

describe.each([0, 2])('a virtual server with %i workers', (workers) => {
  it('passes bytes both ways, and balances connections', async () => {
    const running = await front([await echo('a'), await echo('b')], {}, {}, {}, { workers });
    expect(running.url).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    expect(await answerers(running, 6)).toBe('aaabbb');
  });

  it('connects to another server where one cannot be reached', async () => {
    const dead = await deadAddress();
    const running = await front([dead, await echo('b')], {}, {}, {}, { workers });
    expect(await answerers(running, 4)).toBe('bbbb');
    await eventually(() => countersOf(running)[0]!.failedRequests > 0);
    expect(countersOf(running)[0]!.currentRequests).toBe(0);
  });
});

describe('a connection through a virtual server', () => {
  it('is reset when no server can be reached, or none takes connections', async () => {
    expect(await endingOf(await front([await deadAddress()]))).toBe('reset');
    expect(await endingOf(await front([await deadAddress()], { enabled: false }))).toBe('reset');
  });

  it('tries only as many servers as protocol.retries allows', async () => {
    const running = await front([await deadAddress(), await echo('b')], { protocol: { retries: 0 } });
    const endings = [];
    for (let n = 0; n < 4; n++) {
      endings.push(await endingOf(running, 'ping', 'b:ping'));
    }
    expect(endings.sort()).toEqual(['answered', 'answered', 'reset', 'reset']);
  });

  it('lets the server speak first', async () => {
    const server = await silent();
    const { near, far } = await pair(await front([server]), server);
    far.send('220 ready\r\n');
    await near.receives('220 ready\r\n');
  });

  it('passes on that the client has ended its side, and what the server says after it', async () => {
    const server = await silent();
    const { near, far } = await pair(await front([server]), server);
    near.end('question');
    await far.receives('question');
    expect(await far.closed()).toBe('end');
    far.send('answer').end();
    await near.receives('answer');
    expect(await near.closed()).toBe('end');
  });

  it('passes on that the server has ended its side, and what the client says after it', async () => {
    const server = await silent();
    const { near, far } = await pair(await front([server]), server);
    far.end('all I have');
    await near.receives('all I have');
    expect(await near.closed()).toBe('end');
    near.send('late').end();
    await far.receives('late');
    expect(await far.closed()).toBe('end');
  });

  it('is reset on one side when the other side breaks it off', async () => {
    const server = await silent();
    const running = await front([server]);
    const first = await pair(running, server);
    first.far.send('half');
    await first.near.receives('half');
    first.far.reset();
    expect(await first.near.closed()).toBe('reset');
    const second = await pair(running, server, 1);
    second.near.send('half');
    await second.far.receives('half');
    second.near.reset();
    expect(await second.far.closed()).toBe('reset');
    await eventually(() => countersOf(running)[0]!.currentRequests === 0);
  });

  it('brings every byte to a server that reads slowly, and holds little of it', async () => {
    const server = await silent();
    const running = await front([server]);
    const { near, far } = await pair(running, server);
    far.socket.pause();
    const bytes = patterned(24 * MIB);
    near.end(bytes);
    await settled(() => near.socket.bytesWritten - near.socket.writableLength);
    // What lies in kernels is theirs; the router holds a piece and a high-water mark.
    expect(countersOf(running)[0]!.bytesSent).toBeLessThan(20 * MIB);
    far.socket.resume();
    await far.until(() => (far.ending === null ? null : true));
    expect(far.bytes.length).toBe(bytes.length);
    expect(patternFault(far.bytes)).toBe(-1);
  });

  it('brings every byte to clients that read slowly, several at one time', async () => {
    const server = await silent();
    const running = await front([server]);
    const bytes = patterned(12 * MIB);
    const pairs = [];
    for (let n = 0; n < 4; n++) pairs.push(await pair(running, server, n));
    for (const { near, far } of pairs) {
      near.socket.pause();
      far.end(bytes);
    }
    await settled(() => countersOf(running)[0]!.bytesReceived);
    for (const { near } of pairs) near.socket.resume();
    for (const { near } of pairs) {
      await near.until(() => (near.ending === null ? null : true));
      expect(near.bytes.length).toBe(bytes.length);
      expect(patternFault(near.bytes)).toBe(-1);
    }
  });

  it('brings bytes of every size, long and short ones mixed', async () => {
    const server = await silent();
    const { near, far } = await pair(await front([server]), server);
    const bytes = patterned(3 * MIB);
    let at = 0;
    for (const size of sizes(bytes.length)) {
      far.send(bytes.subarray(at, at + size));
      at += size;
      await near.until(() => (near.bytes.length >= at ? true : null));
    }
    expect(patternFault(near.bytes)).toBe(-1);
  });

  it('is counted while it lasts, with its bytes', async () => {
    const server = await echo('a');
    const running = await front([server]);
    const peer = await client(running.url);
    peer.send('ping');
    await peer.receives('a:ping');
    expect(countersOf(running)[0]).toMatchObject({ currentRequests: 1, bytesSent: 4, bytesReceived: 6 });
    peer.end();
    await peer.closed();
    await eventually(() => countersOf(running)[0]!.currentRequests === 0);
    expect(countersOf(running)[0]).toMatchObject({ totalRequests: 1, failedRequests: 0, bytesSent: 4 });
  });

  it('goes to the server with the fewest, where the farm is balanced so', async () => {
    const running = await front([await echo('a'), await echo('b')], { loadBalancing: { algorithm: 'LeastRequests' } });
    const peers = [];
    for (let n = 0; n < 6; n++) {
      const peer = await client(running.url);
      peer.send('ping');
      await peer.receives(':ping');
      peers.push(peer);
    }
    expect(countersOf(running).map(({ currentRequests }) => currentRequests)).toEqual([3, 3]);
    const ofA = peers.filter((peer) => peer.text.startsWith('a'));
    for (const peer of ofA) peer.reset();
    await eventually(() => countersOf(running)[0]!.currentRequests === 0);
    expect(await answerers(running, 3)).toBe('aaa');
  });
});

/** From 1 byte to 300 KB, up to `total`. */
function sizes(total: number): number[] {
  const list: number[] = [];
  for (let left = total, n = 0; left > 0; n++) {
    const size = Math.min(left, 1 + ((n * 7919) % [10, 5000, 9000, 300_000][n % 4]!));
    list.push(size);
    left -= size;
  }
  return list;
}
