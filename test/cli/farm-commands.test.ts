// The commands for farms, with a real router: what they do, what they say, and their exit codes.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, narrows as run } from '../kit/narrows-command.ts';
import { RouterProcess } from '../kit/router-process.ts';
import { ask } from '../kit/zero-loss-client.ts';

let router: RouterProcess;
const backends: Server[] = [];
let a: string;
let b: string;

/** One after the other each server of its own farm, so that the tests do not disturb each other. */
beforeAll(async () => {
  for (const name of ['a', 'b']) {
    const server = createServer(
      (_, response) => void response.setHeader('X-Server', name).setHeader('Content-Length', 1).end(name),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    backends.push(server);
  }
  [a, b] = backends.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`) as [string, string];
  const servers = [a, b];
  const to = (farm: string) => ({
    name: farm,
    stopProcessing: true,
    match: { url: `^${farm}/` },
    action: { type: 'Rewrite', url: `http://${farm}/` },
  });
  router = await RouterProcess.start({
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: {
      shop: { servers, affinity: { useCookie: true } },
      img: { servers, healthCheck: { url: '/', interval: '1h' } },
      hosting: { servers, affinity: { useHostName: true } },
      spare: { servers },
    },
    rules: ['shop', 'img', 'hosting', 'spare'].map(to),
    admin: { address: '127.0.0.1:0', token: 's3cret' },
    workers: 2,
  });
});

afterAll(async () => {
  await router.stop();
  for (const server of backends) {
    server.closeAllConnections();
    server.close();
  }
});

const narrows = (...args: string[]): Promise<Ended> =>
  run([...args, '--admin', router.url('admin')], { ...process.env, NARROWS_TOKEN: 's3cret' });
const changeOf = ({ stdout }: Ended) => /change (\d+)/.exec(stdout)![1]!;

describe('narrows', () => {
  it('lists servers, for people and as JSON', async () => {
    const { code, stdout } = await narrows('servers', 'list', 'shop');
    expect([code, stdout.split('\n').length]).toEqual([0, 5]);
    expect(stdout).toMatch(new RegExp(`^${a.replaceAll('.', '\\.')} +Active +healthy +100 `, 'm'));
    const json = JSON.parse((await narrows('servers', '--json')).stdout) as { name: string }[];
    expect(json.map(({ name }) => name)).toEqual(['shop', 'img', 'hosting', 'spare']);
  });

  it('stops and starts a server, and takes that back', async () => {
    const stopped = await narrows('stop', `img/${a}`, '--why', 'a test');
    expect([stopped.code, stopped.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^img\/.* GracefulStop, before: Start \(change \d+: narrows audit undo \d+ takes it back\)\n$/,
      ),
    ]);
    expect((await narrows('servers', 'list', 'img')).stdout).toMatch(/Inactive.*was changed: state GracefulStop/s);
    expect((await narrows('audit', 'undo', changeOf(stopped))).code).toBe(0);
    expect((await narrows('servers', 'list', 'img')).stdout).not.toContain('Inactive');
    const again = await narrows('audit', 'undo', changeOf(stopped));
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('it was taken back already')]);
    const audit = await narrows('audit');
    expect(audit.stdout).toMatch(/state of img\/.*: Start → GracefulStop +a test/);
  });

  it('says who a drain would wait for, drains, and waits: exit code 1 at the deadline', async () => {
    const first = await ask(router.url('web'), '/shop/');
    const bound = /^x-server: a/im.test(first.head) ? a : b;
    const dry = await narrows('drain', `shop/${bound}`, '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('1 bound client (the last seen 20')]);
    const late = await narrows('drain', `shop/${bound}`, '--wait', '--deadline', '10ms');
    expect([late.code, late.stdout]).toEqual([1, expect.stringContaining('its deadline came')]);
    await narrows('start', `shop/${bound}`);
    const idle = await narrows('drain', `shop/${bound}`, '--wait', '--idle', '1s', '--json');
    expect([idle.code, JSON.parse(idle.stdout)]).toEqual([0, expect.objectContaining({ endedBy: 'idle' })]);
    await narrows('start', `shop/${bound}`);
    const noted = await narrows('drain', `shop/${bound}`, '--json');
    expect([noted.code, JSON.parse(noted.stdout)]).toEqual([
      0,
      expect.objectContaining({ change: expect.objectContaining({ after: 'Drain' }) }),
    ]);
    const waiting = narrows('drain', `shop/${bound}`, '--wait', '--idle', '1h', '--why', 'to be called off');
    while (!(await narrows('audit')).stdout.includes('to be called off'));
    await narrows('start', `shop/${bound}`);
    const calledOff = await waiting;
    expect([calledOff.code, calledOff.stderr]).toEqual([1, expect.stringContaining('was called off')]);
  });

  it('adds, weighs and removes servers', async () => {
    expect((await narrows('servers', 'add', 'spare/127.0.0.1:9', '--weight', '7')).code).toBe(0);
    expect((await narrows('servers', 'list', 'spare')).stdout).toMatch(
      /127\.0\.0\.1:9 +Active +healthy +7 .*comes from: operator/s,
    );
    await narrows('servers', 'weight', 'spare/127.0.0.1:9', '70');
    expect((await narrows('servers', 'list', 'spare')).stdout).toMatch(/127\.0\.0\.1:9 +Active +healthy +70 /);
    await narrows('servers', 'weight', 'spare/127.0.0.1:9', 'configured');
    expect((await narrows('servers', 'list', 'spare')).stdout).toMatch(/127\.0\.0\.1:9 +Active +healthy +7 /);
    expect((await narrows('servers', 'remove', 'spare/127.0.0.1:9')).code).toBe(0);
    const twice = await narrows('servers', 'add', `spare/${a}`);
    expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('already')]);
  });

  it('shows and marks health, and tests now: exit code 1 where the test fails', async () => {
    expect((await narrows('health', `img/${a}`, 'test')).stdout).toMatch(/^Success in /);
    const failed = await narrows('health', `img/${a}`, 'test', '--url', 'http://other/x?y');
    expect(failed.code).toBe(0); // it answers everything
    expect((await narrows('health', `spare/${a}`, 'test')).code).toBe(1);
    const marked = await narrows('health', `img/${a}`, 'set-unhealthy', '--why', 'by hand');
    expect(marked.code).toBe(0);
    expect((await narrows('health', `img/${a}`)).stdout).toMatch(/is UNHEALTHY, since .*set unhealthy by an operator/);
    await narrows('audit', 'undo', changeOf(marked));
    expect((await narrows('health', `img/${a}`)).stdout).toMatch(/is healthy/);
  });

  it('shows which servers hosts have, forgets one, and plans', async () => {
    const { head } = await ask(router.url('web'), '/hosting/');
    const served = /^x-server: a/im.test(head) ? a : b;
    const lookup = await narrows('affinity', 'lookup', 'hosting', 'shop.test');
    expect(lookup.stdout).toMatch(new RegExp(`^shop\\.test +${served.replaceAll('.', '\\.')} `, 'm'));
    expect((await narrows('affinity', 'hosts', 'hosting', '--json')).stdout).toContain('"host": "shop.test"');
    expect((await narrows('affinity', 'rebalance', 'hosting')).stdout).toBe('nothing would move\n');
    const removed = await narrows('affinity', 'remove', 'hosting', 'shop.test');
    expect(removed.code).toBe(0);
    expect((await narrows('affinity', 'hosts', 'hosting')).stdout).toBe('no host names\n');
    await narrows('audit', 'undo', changeOf(removed));
    expect((await narrows('affinity', 'lookup', 'hosting', 'SHOP.test:80')).stdout).toContain(served);
    const none = await narrows('affinity', 'hosts', 'shop');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('affinity.useHostName is false')]);
  });

  it('takes a farm offline and brings it online', async () => {
    const offline = await narrows('farm', 'spare', 'offline');
    expect([offline.code, (await ask(router.url('web'), '/spare/')).status]).toEqual([0, 502]);
    await narrows('audit', 'undo', changeOf(offline));
    expect((await ask(router.url('web'), '/spare/')).status).toBe(200);
  });

  it.each([
    [['start', 'shp/x:1'], 1, 'did you mean "shop"?'],
    [['drain', 'shop/127.0.0.1:1'], 1, 'farm shop has no server "127.0.0.1:1"'],
    [['audit', 'undo', '99999'], 1, 'there is no change 99999'],
    [['start', 'shop'], 2, 'Expected FARM/ADDRESS'],
    [['drain', 'shop/a:1', '--deadline', 'soon'], 2, 'Expected a duration'],
    [['servers', 'weight', 'shop/a:1', '0'], 2, 'Expected a whole number'],
    [['farm', 'shop', 'away'], 2, 'online'],
  ] as const)('%j: exit code %i and why', async (args, code, message) => {
    const ended = await narrows(...args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toContain(message);
  });

  it('needs the token', async () => {
    const ended = await run(['servers', '--admin', router.url('admin')], { ...process.env, NARROWS_TOKEN: '' });
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('set NARROWS_TOKEN')]);
  });
});
