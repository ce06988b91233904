// Servers come and go while the router runs: every request is counted, and those that stay notice nothing.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouterStatus } from '../../src/index.ts';
import { askAdmin } from '../kit/ask-admin.ts';
import { RouterProcess } from '../kit/router-process.ts';
import { ask, countingClient } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let folder: string;
let servers: CountingServer[];
let router: RouterProcess;

const config = (farm: object = {}, more: object = {}) => ({
  listeners: { web: { address: '127.0.0.1:0' } },
  farms: { shop: { servers: [servers[0]!.address, servers[1]!.address], ...farm } },
  admin: { address: '127.0.0.1:0' },
  workers: 2,
  stateDirectory: join(folder, 'state'),
  ...more,
});

const admin = (method: string, path: string, body?: object) => askAdmin(method, `${router.url('admin')}${path}`, body);

const add = (server: { address: string }, more: object = {}) =>
  admin('POST', '/api/farms/shop/servers', { server: { address: server.address }, ...more });
const remove = (server: { address: string }, more: object = {}) =>
  admin('DELETE', `/api/farms/shop/servers/${encodeURIComponent(server.address)}`, more);
const status = async () => (await admin('GET', '/api/status')).body as unknown as RouterStatus;
const membersNow = async () => (await status()).farms[0]!.servers;
const addressesNow = async () => (await membersNow()).map(({ address }) => address);

/** Asks until the farm has these servers, those that are leaving left out. */
async function untilMembers(expected: readonly CountingServer[]): Promise<void> {
  const wanted = expected
    .map(({ address }) => address)
    .sort()
    .join();
  for (;;) {
    const members = (await membersNow()).filter(({ leaving }) => !leaving);
    if (
      members
        .map(({ address }) => address)
        .sort()
        .join() === wanted
    )
      return;
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  servers = await Promise.all([...'abcdef'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true });
});

it('ten servers are added and removed per second under load: no request fails, and those that stay keep their connections', async () => {
  router = await RouterProcess.start(config());
  const client = countingClient(router.url('web'), { connections: 8 });
  await client.answers(200);
  const connections = servers[0]!.connections;
  const changing = servers.slice(2);
  const beginning = performance.now();
  const CHANGES = 50;
  for (let n = 0; n < CHANGES; n++) {
    const server = changing[n % changing.length]!;
    const isIn = Math.floor(n / changing.length) % 2 === 1;
    const done = isIn ? await remove(server) : await add(server);
    expect(done.status).toBe(200);
    await client.answers(20);
  }
  const perSecond = CHANGES / ((performance.now() - beginning) / 1000);
  const { answered, answeredIds, ...faults } = await client.stop();
  expect(faults).toEqual({ mixedUp: 0, refused: 0, unansweredFirst: [], unansweredLater: [], brokenOff: [] });
  expect([...answered.keys()]).toEqual([200]);
  const reached = servers.flatMap((server) => [...server.seen]);
  expect(reached.length).toBe(answeredIds.size);
  expect(reached.every(([, times]) => times === 1)).toBe(true);
  // At most one more for each of the client's connections: what was there is not given up.
  expect(servers[0]!.connections - connections).toBeLessThanOrEqual(8);
  for (const server of changing) expect(server.count).toBeGreaterThan(0);
  process.stderr.write(`membership: ${perSecond.toFixed(1)} changes per second under load\n`);
}, 60_000);

describe('changes by operators', () => {
  it('survive a reload, and a restart where that was asked for; who is not in the file any more loses them', async () => {
    router = await RouterProcess.start(config());
    const [a, b, c, d] = servers as [CountingServer, CountingServer, CountingServer, CountingServer];
    const weight = (server: CountingServer, body: object) =>
      admin('PUT', `/api/farms/shop/servers/${encodeURIComponent(server.address)}/weight`, body);
    expect((await weight(a, { weight: 7, persist: true })).status).toBe(200);
    await weight(b, { weight: 9 });
    await add(c, { persist: true });
    await add(d);
    const weights = async () => (await membersNow()).map((each) => [each.address, each.weight, each.source]);
    const before = await weights();
    expect(before).toEqual([
      [a.address, 7, 'file'],
      [b.address, 9, 'file'],
      [c.address, 100, 'operator'],
      [d.address, 100, 'operator'],
    ]);
    expect((await admin('POST', '/api/reload')).status).toBe(200);
    expect(await weights()).toEqual(before);

    router.signal('SIGTERM');
    expect(await router.exited).toBe(0);
    router = await RouterProcess.start(config());
    expect(await weights()).toEqual([
      [a.address, 7, 'file'],
      [b.address, 100, 'file'],
      [c.address, 100, 'operator'],
    ]);

    router.write(config({ servers: [b.address] }));
    await admin('POST', '/api/reload');
    router.write(config());
    await admin('POST', '/api/reload');
    expect((await weights())[0]).toEqual([a.address, 100, 'file']);
  });

  it('are refused in words, and then nothing has changed', async () => {
    router = await RouterProcess.start(config());
    const before = await addressesNow();
    const refused = await Promise.all([
      add({ address: 'http://x/' }),
      add(servers[0]!),
      remove({ address: 'x:1' }),
      admin('POST', '/api/farms/shp/servers', { server: { address: 'x:1' } }),
      admin('POST', '/api/farms/shop/servers', { server: { address: 'x:1', wieght: 3 } }),
    ]);
    expect(refused.map(({ status: code }) => code)).toEqual([400, 409, 404, 404, 400]);
    expect(refused.map(({ body }) => body.error)).toEqual([
      expect.stringContaining('write it like 10.0.0.1:8080'),
      expect.stringContaining('already'),
      expect.stringContaining('no server "x:1"'),
      expect.stringContaining('did you mean "shop"?'),
      expect.stringContaining('did you mean "weight"?'),
    ]);
    expect(await addressesNow()).toEqual(before);
  });

  it('are recorded, and taken back', async () => {
    router = await RouterProcess.start(config());
    const before = await membersNow();
    const added = (await add(servers[2]!, { why: 'more load' })).body.audit as number;
    const removed = (await remove(servers[0]!)).body.audit as number;
    await untilMembers([servers[1]!, servers[2]!]);
    expect((await admin('POST', `/api/audit/${removed}/undo`, {})).status).toBe(200);
    expect((await admin('POST', `/api/audit/${added}/undo`, {})).status).toBe(200);
    await untilMembers([servers[0]!, servers[1]!]);
    const left = (await membersNow()).filter(({ leaving }) => !leaving);
    expect(left.map(({ address, weight }) => [address, weight])).toEqual(
      before.map(({ address, weight }) => [address, weight]),
    );
    expect((await admin('POST', `/api/audit/${added}/undo`, {})).status).toBe(409);
    const lines = readFileSync(join(folder, 'state', 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { who: 'unknown', from: '127.0.0.1', why: 'more load', change: { what: 'member', before: null } },
      { change: { what: 'member', after: null } },
      { undoes: removed },
      { undoes: added },
    ]);
  });
});

describe('a file of servers', () => {
  const path = () => join(folder, 'members.yaml');
  const write = (text: string) => {
    writeFileSync(`${path()}.new`, text);
    renameSync(`${path()}.new`, path());
  };
  const listOf = (...members: CountingServer[]) => members.map(({ address }) => `- "${address}"\n`).join('');
  const fromFile = () => config({ servers: [], serversFrom: [{ file: path() }] });

  it('is followed: servers join and leave, and nothing in it that is wrong empties the farm', async () => {
    const [a, b, c] = servers as [CountingServer, CountingServer, CountingServer];
    write(listOf(a));
    router = await RouterProcess.start(fromFile());
    expect((await ask(router.url('web'), '/')).status).toBe(200);
    write(`${listOf(b)}- { address: "${c.address}", weight: 5 }\n${listOf(a)}`);
    await untilMembers([a, b, c]);
    expect((await membersNow()).find(({ address }) => address === c.address)).toMatchObject({
      ...{ weight: 5, source: 'file members.yaml' },
    });
    for (const broken of ['', '[]', '- { adress: x }', 'nonsense: [', '- "http://x/"']) {
      const failed = router.log.next('servers-source-failed');
      write(broken);
      expect((await failed).level).toBe('warn');
      expect((await membersNow()).length).toBe(3);
      const well = router.log.next('servers-source-recovered');
      write(listOf(a, b, c));
      await well;
    }
    rmSync(path());
    await router.log.next('servers-source-failed');
    expect((await ask(router.url('web'), '/')).status).toBe(200);
    write(listOf(b));
    await untilMembers([b]);
    expect((await ask(router.url('web'), '/')).status).toBe(200);
  });

  it('that is gone when the router starts again: it starts with what it said last', async () => {
    const test = '{ interval: 1h, statusCodeMatch: "200-299,404" }';
    write(`- { address: "${servers[0]!.address}", weight: 7, healthCheck: ${test} }\n${listOf(servers[1]!)}`);
    router = await RouterProcess.start(fromFile());
    await untilMembers([servers[0]!, servers[1]!]);
    expect(existsSync(join(folder, 'state', 'members.json'))).toBe(true);
    await router.stop();
    rmSync(path());
    router = await RouterProcess.start(fromFile());
    await untilMembers([servers[0]!, servers[1]!]);
    expect((await ask(router.url('web'), '/')).status).toBe(200);
    expect(router.log.all('servers-source-failed')).toHaveLength(1);
    expect((await membersNow())[0]).toMatchObject({ weight: 7, source: 'file members.yaml' });
    await router.stop();
    writeFileSync(join(folder, 'state', 'members.json'), '{"shop":{"file members.yaml":[{"address":7}]}}');
    write(listOf(servers[1]!));
    router = await RouterProcess.start(fromFile());
    await untilMembers([servers[1]!]);
    expect(router.log.all('state-file')).toHaveLength(1);
  });
});
