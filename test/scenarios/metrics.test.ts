// What the router says of itself adds up with what was sent: metrics, status, shares of the servers, access log.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { RouterProcess } from '../kit/router-process.ts';
import { until } from '../kit/until.ts';
import { ask, countingClient, countOf } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  servers = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      countingServer(name, (request, response) => {
        if (request.url === '/fail') response.statusCode = 503;
      }),
    ),
  );
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true, force: true });
});

async function withRouter<T>(
  config: Record<string, unknown>,
  workers: number,
  use: (router: Router, url: (listener: string) => string) => Promise<T>,
): Promise<T> {
  const router = createRouter(
    { listeners: { web: { address: '127.0.0.1:0' } }, shutdownIdleGrace: 0, ...config },
    { workers },
  );
  try {
    const { listeners } = await router.start();
    return await use(router, (listener) => listeners.find(({ name }) => name === listener)!.url);
  } finally {
    await router.stop();
  }
}

/** The samples of a Prometheus page whose name and labels begin like this, added up. */
function sumOf(page: string, beginning: string): number {
  const lines = page.split('\n').filter((line) => line.startsWith(beginning));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

describe('/metrics and status', () => {
  it.each([0, 2])('count for each server what was sent to it (%i workers)', async (workers) => {
    const farms = { shop: { servers: servers.map(({ address }) => address) } };
    await withRouter({ farms, admin: { address: '127.0.0.1:0' } }, workers, async (router, url) => {
      const client = countingClient(url('web'), { connections: 8 });
      await client.answers(400);
      const counts = await client.stop();
      for (let n = 0; n < 5; n++) await ask(url('web'), '/fail');
      await until(() =>
        router.status().farms[0]!.servers.every((each, at) => each.counters.totalRequests === servers[at]!.count),
      );
      const page = await (await fetch(`${url('admin')}/metrics`)).text();
      expect(sumOf(page, 'narrows_server_requests_total{')).toBe(countOf(counts, 200) + 5);
      const status = router.status().farms[0]!.servers;
      for (const [at, server] of servers.entries()) {
        const labels = `farm="shop",server="${server.address}"`;
        expect(sumOf(page, `narrows_server_requests_total{${labels}`)).toBe(server.count);
        expect(sumOf(page, `narrows_server_response_seconds_count{${labels}`)).toBe(server.count);
        expect(sumOf(page, `narrows_server_current_requests{${labels}`)).toBe(0);
        expect(sumOf(page, `narrows_server_healthy{${labels}`)).toBe(1);
        expect(status[at]!.counters).toMatchObject({ totalRequests: server.count, currentRequests: 0 });
      }
      expect(
        page.match(/requests_total\{[^}]*code="503"\} (\d)/g)!.reduce((sum, line) => sum + Number(line.at(-1)), 0),
      ).toBe(5);
      expect(sumOf(page, 'narrows_server_failures_total{')).toBe(5);
      expect(sumOf(page, 'narrows_workers ')).toBe(Math.max(1, workers));
    });
  });

  it('show an attempt that went over to another server as a failure of the first', async () => {
    const [a, b] = servers;
    await a!.kill();
    const farms = { shop: { servers: [a!.address, b!.address] } };
    await withRouter({ farms, admin: { address: '127.0.0.1:0' } }, 0, async (_router, url) => {
      for (let n = 0; n < 4; n++) expect((await ask(url('web'), '/')).status).toBe(200);
      const page = await (await fetch(`${url('admin')}/metrics`)).text();
      expect(sumOf(page, `narrows_server_failures_total{farm="shop",server="${a!.address}"`)).toBe(2);
      expect(sumOf(page, `narrows_server_requests_total{farm="shop",server="${a!.address}",code="none"`)).toBe(2);
      expect(sumOf(page, `narrows_server_requests_total{farm="shop",server="${b!.address}",code="200"`)).toBe(4);
    });
    await a!.revive();
  });
});

describe('weighted round robin', () => {
  for (const workers of [1, 4]) {
    it(`gives each server exactly its share over a full cycle (${workers} workers)`, async () => {
      const weights = fc.sample(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 3, maxLength: 3 }), {
        numRuns: 3,
        seed: 7,
      });
      for (const each of weights) {
        const shop = { servers: servers.map(({ address }, at) => ({ address, weight: each[at] })) };
        await withRouter({ farms: { shop } }, workers, async (_router, url) => {
          const before = servers.map(({ count }) => count);
          const cycle = each.reduce((sum, weight) => sum + weight, 0);
          const asked = Array.from({ length: cycle * 3 }, () => ask(url('web'), '/'));
          expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true);
          expect(servers.map(({ count }, at) => count - before[at]!)).toEqual(each.map((weight) => weight * 3));
        });
      }
    });
  }
});

describe('the access log', () => {
  it('has one JSON line for each request, through SIGUSR2 and to the end', async () => {
    const router = await RouterProcess.start({
      listeners: { web: { address: '127.0.0.1:0' } },
      farms: { shop: { servers: servers.map(({ address }) => address) } },
      admin: { enabled: false },
      accessLog: { path: 'access.log', requestHeaders: ['X-Id', 'Cookie'] },
      workers: 2,
    });
    const client = countingClient(router.url('web'), { connections: 8, headers: 'Cookie: session=secret\r\n' });
    const current = join(router.folder, 'access.log');
    const moved: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await client.answers(200);
      await until(() => statSync(current).size > 0); // workers hand their lines over five times a second
      moved.push(`${current}.${turn}`);
      renameSync(current, moved.at(-1)!);
      router.signal('SIGUSR2');
      await until(() => existsSync(current));
    }
    await client.answers(200);
    const { answeredIds } = await client.stop();
    router.signal('SIGTERM');
    expect(await router.exited).toBe(0);
    const texts = [...moved, current].map((file) => readFileSync(file, 'utf8'));
    await router.stop();
    const lines = texts
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ url }) => String(url).slice(1)).sort()).toEqual([...answeredIds].sort());
    expect(texts.every((text) => text.length > 0)).toBe(true);
    expect(texts.join('')).not.toContain('secret');
    expect(lines[0]).toMatchObject({ method: 'GET', status: 200, subStatus: 0, farm: 'shop', host: 'shop.test' });
    for (const server of servers) {
      expect(lines.filter((line) => line.server === server.address)).toHaveLength(server.count);
    }
  });

  it('in the W3C format has the directives of IIS and a row for each request', async () => {
    const path = join(folder, 'w3c.log');
    const farms = { shop: { servers: servers.map(({ address }) => address) } };
    await withRouter({ farms, accessLog: { path, format: 'w3c' } }, 2, async (_router, url) => {
      for (let n = 0; n < 6; n++) await ask(url('web'), `/page-${n}?q=${n}`);
    });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const fields = lines
      .find((line) => line.startsWith('#Fields: '))!
      .slice(9)
      .split(' ');
    expect(lines.filter((line) => line.startsWith('#')).map((line) => line.split(':')[0])).toEqual([
      '#Software',
      '#Version',
      '#Date',
      '#Fields',
    ]);
    const rows = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(' '));
    const column = (name: string): string[] => rows.map((row) => row[fields.indexOf(name)]!);
    expect(column('cs-uri-stem').sort()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `/page-${n}`));
    expect(new Set(column('sc-status'))).toEqual(new Set(['200']));
    expect(rows.every((row) => row.length === fields.length)).toBe(true);
  });
});
