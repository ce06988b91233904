// Extensions (CONTRACT 7): modules that bring stages, balancing methods and outcome sinks, with and without workers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  checkConfig,
  createRouter,
  explainConfig,
  type Router,
  type RouterOptions,
  SimulatedClock,
} from '../../src/index.ts';
import { backend, ok } from '../kit/backend.ts';
import { EventLog } from '../kit/event-log.ts';
import { eventually } from '../kit/eventually.ts';
import { ask, openTo } from '../kit/zero-loss-client.ts';

const PROXY_ERROR = new URL('../../src/model/proxy-error.ts', import.meta.url).href;

interface Started {
  router: Router;
  url: string;
  log: EventLog;
}

async function start(config: object, options: RouterOptions): Promise<Started> {
  const log = new EventLog();
  const whole = { listeners: { web: { address: '127.0.0.1:0' } }, shutdownTimeout: '10ms', shutdownIdleGrace: 0 };
  const router = createRouter({ ...whole, ...config }, { logger: log, ...options });
  onTestFinished(() => router.stop());
  const { listeners } = await router.start();
  return { router, url: listeners[0]!.url, log };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'narrows-extensions-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The path of a module with this text. */
function moduleOf(text: string, name = 'extension.ts'): string {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return path;
}

/** A module whose create() returns this. */
function creating(kind: string, made: string, name = 'mine'): string {
  return moduleOf(
    `export const extension = { kind: '${kind}', name: '${name}', create: (config, services) => (${made}) };`,
  );
}

async function farm(text = 'served'): Promise<{ farms: object }> {
  const server = await backend(() => ok(text));
  return { farms: { shop: { servers: [server.address] } } };
}

/** The first example of the manual that is a module of an extension. */
function manualsExample(): string {
  const manual = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8');
  return [...manual.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!).find((code) => code.includes('kind:'))!;
}

describe.each([0, 2])('with %i workers', (workers) => {
  it("the manual's stage sends each tenant to a farm of its own, and answers strangers", async () => {
    const [red, blue] = [await backend(() => ok('red')), await backend(() => ok('blue'))];
    const farms = { Red: { servers: [red.address] }, blue: { servers: [blue.address] } };
    const { url, log } = await start({ farms, extensions: [moduleOf(manualsExample())] }, { workers });
    expect((await ask(url, '/', 'X-Tenant: red\r\n')).body).toBe('red');
    expect((await ask(url, '/', 'X-Tenant: BLUE\r\n')).body).toBe('blue');
    expect(await ask(url, '/')).toMatchObject({ status: 403, body: 'Which tenant?\n' });
    expect(log.all('config-warning')).toEqual([]);
  });

  it('a stage comes after the rules, may wait, edits the response after affinity, and sees the end', async () => {
    const server = await backend();
    const stage = `{
      async onRequest(ctx) { await null; ctx.outbound.fieldEdits = new Map([['x-rules-made', ctx.outbound.target]]); },
      onResponseHead(ctx, response) { response.edit('x-affinity', ctx.affinity + /Set-Cookie/i.test(response.addedLines)); },
      onEnd(ctx) { throw new Error('seen ' + ctx.outcome.status); },
    }`;
    const farms = { shop: { servers: [server.address], affinity: { useCookie: true } } };
    const rules = [{ name: 'all', match: { url: '.*' }, action: { type: 'Rewrite', url: 'http://shop/made' } }];
    const { url, log } = await start({ farms, rules, extensions: [creating('stage', stage)] }, { workers });
    const fault = log.next('internal-error');
    expect((await ask(url, '/')).head).toMatch(/x-affinity: newtrue/i);
    expect((await server.request(0)).fields).toContainEqual(['x-rules-made', '/made']);
    expect(String((await fault).error)).toContain('seen 200');
    expect((await ask(url, '/')).status).toBe(200);
  });

  it('a fault of a stage costs that request, and no worker', async () => {
    const stage = `{
      onRequest(ctx) {
        const { target } = ctx.outbound;
        if (target === '/refused') throw new ProxyError('payloadTooLarge', 'no');
        if (target === '/refused-by-another-copy') throw new OtherError('payloadTooLarge', 'no');
        if (target === '/refused-later') return Promise.reject(new ProxyError('payloadTooLarge', 'no'));
        if (target === '/broken') throw new Error('broken at once');
        if (target === '/broken-later') return Promise.reject(new Error('broken later'));
        if (target === '/odd') return { status: 200 };
        if (target === '/odd-later') return Promise.resolve(null);
      },
      onResponseHead(ctx) { if (ctx.outbound.target === '/head') throw new Error('broken head'); if (ctx.outbound.target === '/async') return Promise.reject(new Error('async head')); },
    }`;
    const text = `import { ProxyError } from '${PROXY_ERROR}';\nimport { ProxyError as OtherError } from '${PROXY_ERROR}?copy';\nexport default { kind: 'stage', name: 'mine', create: () => (${stage}) };`;
    const config = { ...(await farm()), extensions: [moduleOf(text)] };
    const { url, log, router } = await start(config, { workers });
    for (const path of ['/refused', '/refused-later', '/refused-by-another-copy'])
      expect((await ask(url, path)).status).toBe(413);
    expect(log.all('internal-error')).toEqual([]);
    for (const path of ['/broken', '/broken-later', '/odd', '/odd-later', '/head']) {
      const fault = log.next('internal-error');
      expect([path, (await ask(url, path)).status]).toEqual([path, 500]);
      await fault;
    }
    const fault = log.next('internal-error');
    expect((await ask(url, '/async')).status).toBe(200);
    expect(String((await fault).error)).toContain('async head');
    expect(log.all('worker-died')).toEqual([]);
    expect(router.status().workers.every(({ restarts }) => restarts === 0)).toBe(true);
  });

  it('a client that leaves while a stage waits harms nobody', async () => {
    const server = await backend();
    const gate = join(folder(), 'gate');
    const stage = `{ async onRequest(ctx) {
      if (ctx.outbound.target !== '/wait') return;
      writeFileSync('${gate}', 'waits');
      while (ctx.client.gone === null) await new Promise((resolve) => setImmediate(resolve));
      writeFileSync('${gate}', 'gone');
    } }`;
    const text = `import { writeFileSync } from 'node:fs';\nexport default { kind: 'stage', name: 'mine', create: () => (${stage}) };`;
    const config = { farms: { shop: { servers: [server.address] } }, extensions: [moduleOf(text)] };
    const { url, log } = await start(config, { workers });
    const read = (): string => {
      try {
        return readFileSync(gate, 'utf8');
      } catch {
        return '';
      }
    };
    const socket = await openTo(url);
    socket.write('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => read() === 'waits');
    socket.resetAndDestroy();
    await eventually(() => read() === 'gone');
    expect((await ask(url, '/')).status).toBe(200);
    expect(log.all('internal-error')).toEqual([]);
  });

  it('a balancing method is made for each farm that names it, and picks', async () => {
    const [a, b] = [await backend(() => ok('a')), await backend(() => ok('b'))];
    const policy = `{ pick: (candidates, ctx) =>
      ctx.outbound.target === '/broken' ? config.name : candidates.find((s) => s.address === config.servers.at(-1).address) ?? candidates[0] }`;
    const shop = { servers: [a.address, b.address], loadBalancing: { algorithm: 'LASTone' } };
    const config = { farms: { shop }, extensions: [creating('loadBalancing', policy, 'LastOne')] };
    const { url, log, router } = await start(config, { workers });
    for (let i = 0; i < 4; i++) expect((await ask(url, '/')).body).toBe('b');
    const fault = log.next('internal-error');
    expect((await ask(url, '/broken')).status).toBe(500);
    expect(String((await fault).error)).toContain('LastOne picked something that is no candidate');
    const explained = await router.explain({ url: 'http://a/', method: 'GET', headers: [], client: '127.0.0.1' });
    expect(explained.steps.at(-1)).toMatchObject({ stage: 'pick', algorithm: 'LastOne', server: b.address });
  });

  it('a balancing method that fails after a failed attempt fails that request', async () => {
    const dead = await backend();
    await dead.close();
    const policy = `{ pick(candidates, ctx) { if (ctx.attempts?.length) throw new Error('no second'); return candidates[0]; } }`;
    const shop = { servers: [dead.address, '127.0.0.1:9'], loadBalancing: { algorithm: 'mine' } };
    const config = {
      farms: { shop: { ...shop, protocol: { retries: 1 } } },
      extensions: [creating('loadBalancing', policy)],
    };
    const { url, log, router } = await start(config, { workers });
    const fault = log.next('internal-error');
    expect((await ask(url, '/')).status).toBe(500);
    expect(String((await fault).error)).toContain('no second');
    await eventually(() => router.status().farms[0]!.servers.every((server) => server.counters.currentRequests === 0));
  });

  it('an outcome sink hears of each request once, and is left when the configuration leaves it', async () => {
    const file = join(folder(), 'outcomes');
    const text = `import { appendFileSync } from 'node:fs';
      export default { kind: 'outcomeSink', name: 'mine', create: (config, { clock, random }) => ({
        record(ctx) {
          appendFileSync('${file}', \`\${ctx.outcome.status} \${ctx.server?.address} \${clock.wall() > random.next()}\\n\`);
          throw new Error('after it');
        } }) };`;
    const served = await farm();
    writeFileSync(file, '');
    const { url, log, router } = await start({ ...served, extensions: [moduleOf(text)] }, { workers });
    const [address] = (served.farms as { shop: { servers: string[] } }).shop.servers;
    const fault = log.next('internal-error');
    expect((await ask(url, '/')).status).toBe(200);
    await fault;
    await ask(url, '/..%252e/');
    await log.nth('internal-error', 1);
    expect(readFileSync(file, 'utf8')).toBe(`200 ${address} true\n404 undefined true\n`);
    await router.reload({ listeners: { web: { address: '127.0.0.1:0' } }, ...served });
    expect((await ask(url, '/')).status).toBe(200);
    await router.stop();
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });

  it('modules may be named by the program too', async () => {
    const stage = `{ onRequest: () => ({ kind: 'abort' }) }`;
    const { url } = await start(await farm(), { workers, extensions: [pathToFileURL(creating('stage', stage))] });
    await expect(ask(url, '/')).rejects.toThrow();
  });

  it('a module that fails only beside the control thread, or at a reload, is refused in its place', async () => {
    const text = `import { isMainThread, threadId } from 'node:worker_threads';
      export default { kind: 'stage', name: 'mine', create(config) {
        if (config.limits.headerCount === 77 || (config.limits.headerCount === 78 && threadId > 1)) throw new Error('not with this');
        return {};
      } };`;
    const config = { listeners: { web: { address: '127.0.0.1:0' } }, ...(await farm()), extensions: [moduleOf(text)] };
    const { url, router } = await start(config, { workers });
    const refusal = {
      errors: [{ file: '<config>', severity: 'error', message: 'extension mine: create() failed: not with this' }],
    };
    await expect(router.reload({ ...config, limits: { headerCount: 77 } })).rejects.toMatchObject(refusal);
    if (workers > 0) {
      const onlyInWorkers = { ...config, limits: { headerCount: 78 } };
      await expect(router.reload(onlyInWorkers)).rejects.toMatchObject(refusal);
      await expect(createRouter(onlyInWorkers, { workers }).start()).rejects.toMatchObject(refusal);
    }
    expect((await ask(url, '/')).status).toBe(200);
    expect(router.status().snapshot.lastError?.message).toContain('not with this');
  });
});

it('a balancing method that fails at a retry costs nothing of the budget', async () => {
  const dead = await backend();
  await dead.close();
  const good = await backend(() => ok('good'));
  const policy = `{ failed: false, pick(candidates, ctx) {
    if (!ctx.attempts?.length || this.failed) return candidates[0];
    this.failed = true;
    throw new Error('not this time');
  } }`;
  const shop = {
    ...{ servers: [dead.address, good.address], loadBalancing: { algorithm: 'mine' } },
    retry: { attempts: 2, on: ['connect', 'lost'], budget: { percent: 0, minPerSecond: 1 } },
  };
  const config = { farms: { shop }, extensions: [creating('loadBalancing', policy)] };
  const { url } = await start(config, { workers: 0, clock: new SimulatedClock() });
  expect((await ask(url, '/')).status).toBe(500);
  expect((await ask(url, '/')).body).toBe('good');
});

it('a worker that is replaced serves nothing without its extensions', async () => {
  const flag = join(folder(), 'flag');
  const text = `import { existsSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    export default { kind: 'stage', name: 'mine', create() {
      if (!isMainThread && existsSync('${flag}')) throw new Error('not now');
      return { onRequest(ctx) { if (ctx.outbound.target === '/die') process.exit(1); } };
    } };`;
  const { url, log } = await start({ ...(await farm()), extensions: [moduleOf(text)] }, { workers: 1 });
  writeFileSync(flag, '');
  const refused = log.next('worker-not-replaced');
  await expect(ask(url, '/die')).rejects.toThrow();
  expect(String((await refused).error)).toContain('extension mine: create() failed: not now');
  await expect(ask(url, '/')).rejects.toThrow('ECONNREFUSED');
  const replaced = log.next('worker-replaced');
  rmSync(flag);
  await replaced;
  expect((await ask(url, '/')).body).toBe('served');
});

describe('a module that cannot be used is a fault in its place', () => {
  const GOOD = "export default { kind: 'stage', name: 'twice', create: () => ({}) };";
  it.each([
    [
      'of an unknown kind',
      "export default { kind: 'stages', name: 'a', create() {} };",
      'its kind is "stages", expected one of stage, loadBalancing, outcomeSink',
    ],
    ['without a name', "export default { kind: 'stage', create() {} };", 'it has no name'],
    ['without create', "export default { kind: 'stage', name: 'a' };", 'it has no function create'],
    ['that exports nothing', 'export const a = 1;', 'it exports no object'],
    ['that throws', "throw new Error('at its top');", 'at its top'],
    ['that is no program', 'export default {;', 'extension.ts'],
    [
      'that creates nothing',
      "export default { kind: 'stage', name: 'a', create() {} };",
      'extension a: create() returned no object',
    ],
    [
      'whose create throws',
      "export default { kind: 'stage', name: 'a', create() { throw new Error('x\\ny'); } };",
      'extension a: create() failed: x',
    ],
    [
      'whose sink records nothing',
      "export default { kind: 'outcomeSink', name: 'a', create: () => ({}) };",
      'extension a: what it creates has no record()',
    ],
    [
      'with a name of ours',
      "export default { kind: 'loadBalancing', name: 'requesthash', create: () => ({}) };",
      '"requesthash" is the name of a method of ours',
    ],
    ['with the name of another', GOOD.replace('twice', 'Twice'), 'has the name "Twice" too'],
  ])('%s', async (_what, text, message) => {
    const file = join(folder(), 'narrows.yaml');
    const path = moduleOf(text);
    writeFileSync(file, `farms: { shop: { servers: [h] } }\nextensions:\n  - ${moduleOf(GOOD)}\n  - ${path}\n`);
    const problems = await checkConfig({ file });
    expect(problems).toEqual([expect.objectContaining({ file, line: 4, column: 5, severity: 'error' })]);
    expect(problems[0]!.message).toContain(message);
    expect(problems[0]!.message).toMatch(/^extension (?:a:|file:)/);
  });

  it('that is not there, relative to the file that names it', async () => {
    const place = folder();
    const file = join(place, 'narrows.yaml');
    writeFileSync(file, 'farms: { shop: { servers: [h] } }\nextensions: [ ./none.ts ]\n');
    const [problem] = await checkConfig({ file });
    expect(problem).toMatchObject({ line: 2, column: 15, severity: 'error' });
    expect(problem!.message).toContain(`extension ${pathToFileURL(join(place, 'none.ts')).href}: `);
  });

  it('that is no file', async () => {
    const [problem] = await checkConfig({}, { extensions: [new URL('https://example.com/a.js')] });
    expect(problem!.message).toContain('only a file: URL can be an extension');
  });
});

describe('loadBalancing.algorithm', () => {
  const config = (algorithm: string, extensions: string[]) => ({
    farms: { shop: { servers: ['127.0.0.1:9'], loadBalancing: { algorithm } } },
    extensions,
  });

  it('that nobody brings is a fault, and names of extensions are among those that may be meant', async () => {
    const mine = creating('loadBalancing', '{ pick: ([first]) => first }', 'Nearest');
    const [problem] = await checkConfig(config('Nearst', [mine]));
    expect(problem!.message).toBe('farms.shop.loadBalancing.algorithm: "Nearst" is not known here');
    expect(problem!.suggestion).toMatch(/^did you mean "Nearest"\? \(expected WeightedRoundRobin, .*, Nearest\)$/);
    expect((await checkConfig(config('Nearest', [])))[0]!.severity).toBe('error');
    expect(await checkConfig(config('nearest', [mine]))).toEqual([]);
    const stage = creating('stage', '{}', 'Nearest');
    expect((await checkConfig(config('Nearest', [stage])))[0]!.severity).toBe('error');
  });

  it('is explained without a router too', async () => {
    const mine = creating('loadBalancing', '{ pick: ([first]) => first }', 'Nearest');
    const request = { url: 'http://a/', method: 'GET', headers: [] as [string, string][], client: '127.0.0.1' };
    const { steps } = await explainConfig(config('Nearest', [mine]), request);
    expect(steps.at(-1)).toMatchObject({ stage: 'pick', algorithm: 'Nearest' });
  });
});
