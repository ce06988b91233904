// Health by hand through the admin API of a real router process, whose URL test goes by https: marks, tests now, history.
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouterProcess } from '../kit/router-process.ts';
import { opensslIsMissing, TestCertificates } from '../kit/test-certificates.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let certificates: TestCertificates;
let server: CountingServer;
let router: RouterProcess;
/** What the server's https side says of its health. */
let status: number;
let tests: ReturnType<typeof createHttpsServer>;

const isMissing = opensslIsMissing();

beforeEach(async () => {
  status = 200;
  certificates = new TestCertificates();
  server = await countingServer('a');
  tests = createHttpsServer(certificates.make({ names: 'IP:127.0.0.1' }), (_, response) => {
    response.writeHead(status, { Connection: 'close' }).end('all is well');
  });
  await new Promise<void>((resolve) => tests.listen(0, '127.0.0.1', resolve));
  const { port } = tests.address() as AddressInfo;
  router = await RouterProcess.start({
    listeners: { web: { address: '127.0.0.1:0' } },
    admin: { address: '127.0.0.1:0' },
    workers: 2,
    farms: {
      shop: {
        servers: [{ address: server.address, httpsPort: port }],
        healthCheck: { url: 'https://shop/health', interval: '1h', retries: 0 },
        protocol: { tls: { ca: certificates.ca } },
      },
    },
  });
});

afterEach(async () => {
  await router.stop();
  await server.kill();
  tests.closeAllConnections();
  tests.close();
  certificates.remove();
});

interface Answer {
  healthy?: boolean;
  history?: { by: string; healthy: boolean }[];
}

async function api(method: string, rest: string, body?: object): Promise<{ code: number; answer: Answer }> {
  const path = `/api/farms/shop/servers/${encodeURIComponent(server.address)}/${rest}`;
  const response = await fetch(router.url('admin') + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { code: response.status, answer: (await response.json()) as Answer };
}

describe.skipIf(isMissing)('health by hand', () => {
  it('marks a server for every worker, and keeps what happened', async () => {
    expect((await api('PUT', 'health', { healthy: false })).code).toBe(200);
    const statuses = await Promise.all(Array.from({ length: 8 }, () => ask(router.url('web'), '/')));
    expect(statuses.map((answer) => answer.status)).toEqual(Array(8).fill(502));
    expect((await api('PUT', 'health', { healthy: true })).code).toBe(200);
    expect((await ask(router.url('web'), '/')).status).toBe(200);
    const { answer } = await api('GET', 'health');
    expect(answer).toMatchObject({ healthy: true, evidence: { by: 'operator' } });
    expect(answer.history!.map(({ by, healthy }) => [by, healthy])).toEqual([
      ['operator', false],
      ['operator', true],
    ]);
  });

  it('tests a server now by https as the farm says, or otherwise, and changes nothing', async () => {
    const test = async (body: object) => (await api('POST', 'health/test', body)).answer;
    expect(await test({})).toMatchObject({ result: 'Success', httpStatus: 200 });
    status = 503;
    expect(await test({})).toMatchObject({ result: 'StatusCodeFailure', httpStatus: 503 });
    expect(await test({ statusCodeMatch: '503' })).toMatchObject({ result: 'Success' });
    expect(await test({ statusCodeMatch: '503', responseMatch: 'ill' })).toMatchObject({
      result: 'ResponseEntityFailure',
    });
    expect(await test({ url: 'tcp:' })).toMatchObject({ result: 'Success', httpStatus: null });
    expect((await api('GET', 'health')).answer).toMatchObject({ healthy: true });
  });

  it.each([
    [{ url: 'ftp://shop/' }, '"ftp://shop/" is not a URL to test'],
    [{ url: '/a b' }, '"/a b" is not a URL to test'],
    [{ statusCodeMatch: 'all' }, '"all" is not a list of status codes'],
  ])('refuses a test with %j', async (body, message) => {
    const { code, answer } = await api('POST', 'health/test', body);
    expect(code).toBeGreaterThanOrEqual(400);
    expect(code).toBeLessThan(500);
    expect(JSON.stringify(answer)).toContain(JSON.stringify(message).slice(1, -1));
  });
});
