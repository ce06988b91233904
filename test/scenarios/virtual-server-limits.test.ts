// What clients of a virtual server may take: connections, their rate, time; and what becomes of them when servers or the router stop.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { client } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import type { RunningRouter } from '../kit/router.ts';
import { echo, endingOf, front, frontConfig, silent } from '../kit/virtual-server.ts';

async function talking({ url }: RunningRouter) {
  const peer = await client(url);
  peer.send('ping');
  await peer.receives(':ping');
  return peer;
}

const listenerOf = ({ router }: RunningRouter) => router.status().listeners.find(({ name }) => name === 'web')!;
const serversOf = ({ router }: RunningRouter) => router.status().farms[0]!.servers;

describe.each([0, 2])('with %i workers, limits.connections of a virtual server', (workers) => {
  it('is exact for the process; one more is reset, and has its turn when another ends', async () => {
    const running = await front([await echo('a')], {}, { limits: { connections: 3 } }, {}, { workers });
    const peers = [await talking(running), await talking(running), await talking(running)];
    for (let n = 0; n < 4; n++) expect(await endingOf(running)).toBe('reset');
    expect(listenerOf(running).connections).toMatchObject({ current: 3, total: 7, failed: 4 });
    peers[0]!.reset();
    await eventually(() => listenerOf(running).connections!.current === 2);
    await talking(running);
  });

  it('holds beside limits.connections of the router, which counts all connections', async () => {
    const rest = { limits: { connections: 2 } };
    const running = await front([await echo('a')], {}, {}, rest, { workers });
    await talking(running);
    await talking(running);
    expect(await endingOf(running)).toBe('reset');
  });

  it('lets a source open only as many as connectionRate allows', async () => {
    const limits = { connectionRate: { connections: 3, within: '1h' } };
    const running = await front([await echo('a')], {}, { limits }, {}, { workers });
    const endings = [];
    for (let n = 0; n < 5; n++) endings.push(await endingOf(running, 'ping', 'a:ping'));
    expect(endings).toEqual(['answered', 'answered', 'answered', 'reset', 'reset']);
  });
});

describe('the rate of a source', () => {
  it('comes back with time', async () => {
    const clock = new SimulatedClock();
    const limits = { connectionRate: { connections: 2, within: '10s' } };
    const running = await front([await echo('a')], {}, { limits }, {}, { clock });
    const ask = () => endingOf(running, 'ping', 'a:ping');
    expect([await ask(), await ask(), await ask()]).toEqual(['answered', 'answered', 'reset']);
    clock.advance(5000);
    expect([await ask(), await ask()]).toEqual(['answered', 'reset']);
  });
});

describe('time', () => {
  it('ends a connection on which nothing passes in either direction for idleTimeout', async () => {
    const clock = new SimulatedClock();
    const server = await silent();
    const running = await front([server], {}, { limits: { idleTimeout: '60s' } }, {}, { clock });
    const near = await client(running.url);
    const far = await server.connection(0);
    near.send('tick0');
    await far.receives('tick0');
    for (let n = 1; n < 4; n++) {
      clock.advance(40_000);
      far.send(`tock${n}`);
      await near.receives(`tock${n}`);
      clock.advance(40_000);
      near.send(`tick${n}`);
      await far.receives(`tick${n}`);
    }
    clock.advance(61_000);
    expect([await near.closed(), await far.closed()]).toEqual(['reset', 'reset']);
  });

  it('is not forgotten for a connection of which one side has ended', async () => {
    const clock = new SimulatedClock();
    const server = await silent();
    const running = await front([server], {}, { limits: { idleTimeout: '60s' } }, {}, { clock });
    const near = await client(running.url);
    const far = await server.connection(0);
    near.end('all');
    await far.closed();
    clock.advance(61_000);
    await eventually(() => serversOf(running)[0]!.counters.currentRequests === 0);
    expect(await near.closed()).toBe('reset');
  });
});

describe('a place at a server', () => {
  it('is waited for when every server has its maxConnections', async () => {
    const running = await front([await echo('a'), await echo('b')], { protocol: { maxConnections: 1 } });
    const first = await talking(running);
    await talking(running);
    const third = await client(running.url);
    third.send('ping');
    await eventually(() => listenerOf(running).connections!.current === 3);
    expect(serversOf(running).map(({ counters }) => counters.currentRequests)).toEqual([1, 1]);
    first.end();
    await third.receives(`${first.text[0]}:ping`);
  });

  it('is waited for no longer than protocol.timeout', async () => {
    const clock = new SimulatedClock();
    const running = await front(
      [await echo('a')],
      { protocol: { maxConnections: 1, timeout: '5s' } },
      {},
      {},
      { clock },
    );
    await talking(running);
    const second = await client(running.url);
    await eventually(() => listenerOf(running).connections!.current === 2);
    clock.advance(5100);
    expect(await second.closed()).toBe('reset');
  });

  it('is taken at another server while one has its maxRequests', async () => {
    const servers = [await echo('a'), await echo('b')];
    const members = servers.map(({ address }) => ({ address, maxRequests: 2 }));
    const running = await front([], { servers: members });
    const names = [];
    for (let n = 0; n < 4; n++) names.push((await talking(running)).text[0]);
    expect(names.sort().join('')).toBe('aabb');
  });
});

describe.each([0, 2])('with %i workers', (workers) => {
  const admin = { address: '127.0.0.1:0' };
  const setState = async (running: RunningRouter, address: string, state: string) => {
    const { url } = running.router.status().listeners.find(({ name }) => name === 'admin')!;
    const path = `/api/farms/shop/servers/${encodeURIComponent(address)}/state`;
    expect((await askAdmin('PUT', url + path, { state })).status).toBe(200);
  };

  it('Drain lets connections run and takes no new ones; ForcefulStop cuts them', async () => {
    const servers = [await echo('a'), await echo('b')];
    const running = await front(servers, {}, {}, { admin }, { workers });
    const peers = [await talking(running), await talking(running)];
    const ofA = peers.find((peer) => peer.text.startsWith('a'))!;
    await setState(running, servers[0]!.address, 'Drain');
    for (let n = 0; n < 4; n++) expect((await talking(running)).text).toBe('b:ping');
    ofA.send('still');
    await ofA.receives('a:still');
    expect(serversOf(running)[0]).toMatchObject({ state: 'Draining', counters: { currentRequests: 1 } });
    await setState(running, servers[0]!.address, 'ForcefulStop');
    expect(await ofA.closed()).toBe('reset');
    await eventually(() => serversOf(running)[0]!.counters.currentRequests === 0);
  });

  it('a reload cuts no connection, not even those of a server, a farm and a listener that go', async () => {
    const [a, b] = [await echo('a'), await echo('b')];
    const running = await front([a], {}, {}, { shutdownTimeout: '10s' }, { workers });
    const peer = await talking(running);
    await running.router.reload(frontConfig([b]));
    peer.send('1');
    await peer.receives('a:1');
    const after = { web: { address: '127.0.0.1:0', protocol: 'tcp', farm: 'other' } };
    await running.router.reload({ listeners: after, farms: { other: { servers: [b.address] } } });
    peer.send('2');
    await peer.receives('a:2');
    await running.router.reload({ listeners: { api: { address: '127.0.0.1:0' } }, farms: {} });
    peer.send('3');
    await peer.receives('a:3');
    peer.end();
    expect(await peer.closed()).toBe('end');
  });

  it('stopping waits for connections, and cuts what is left after shutdownTimeout', async () => {
    const running = await front([await echo('a')], {}, {}, { shutdownTimeout: '1s' }, { workers });
    const [stays, ends] = [await talking(running), await talking(running)];
    const stopping = running.router.stop();
    ends.send('last').end();
    await ends.receives('a:last');
    expect(await ends.closed()).toBe('end');
    await stopping;
    expect(await stays.closed()).toBe('reset');
    expect(running.log.find(({ facts }) => facts.event === 'requests-cut')?.facts).toMatchObject({ requests: 1 });
  });

  it('ties clients to servers by their address, as requests of the same farm are', async () => {
    const affinity = { by: 'variable', name: 'REMOTE_ADDR' };
    const running = await front([await echo('a'), await echo('b')], { affinity }, {}, {}, { workers });
    const first = (await talking(running)).text;
    for (let n = 0; n < 5; n++) expect((await talking(running)).text).toBe(first);
  });
});

describe('the access log', () => {
  async function logged(format: string, fields?: string[]) {
    const path = join(mkdtempSync(join(tmpdir(), 'narrows-tcp-')), 'access.log');
    const accessLog = { path, format, ...(fields === undefined ? {} : { fields }) };
    const server = await echo('a');
    const running = await front([server], {}, {}, { accessLog });
    const peer = await talking(running);
    peer.end();
    await peer.closed();
    await eventually(() => listenerOf(running).connections!.current === 0);
    await running.router.stop();
    return { server, lines: readFileSync(path, 'utf8').trimEnd().split('\n') };
  }

  it('has one line for each connection, as JSON', async () => {
    const { server, lines } = await logged('json');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      ...{
        protocol: 'tcp',
        listener: 'web',
        serverName: null,
        client: '127.0.0.1',
        farm: 'shop',
        server: server.address,
      },
      ...{ bytesIn: 4, bytesOut: 6, attempts: 1, end: 'client' },
    });
  });

  it('has one line for each connection in the W3C format, under the fields of requests', async () => {
    const { server, lines } = await logged('w3c', [
      'cs-method',
      'cs-uri-stem',
      'cs-uri-query',
      'sc-status',
      'cs-bytes',
      'sc-bytes',
    ]);
    expect(lines.at(-1)).toMatch(
      new RegExp(`^TCP /web SERVER-ROUTED=${server.address}&X-ARR-LOG-ID=[0-9a-f-]{36}&CONNECTION-END=client - 4 6$`),
    );
  });
});
