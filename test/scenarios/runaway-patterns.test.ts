// Patterns of rules that can run away (docs/decisions/0005): no request stalls a worker, whatever it asks for.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfig, explainConfig } from '../../src/index.ts';
import { configFile, narrows } from '../kit/narrows-command.ts';
import { RouterProcess } from '../kit/router-process.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

/** 2^60 steps for a pattern that runs away. */
const HOSTILE = `${'a'.repeat(60)}!`;

const answer = (pattern: string, more: object = {}) => ({
  match: { url: `^go/${pattern}` },
  action: { type: 'CustomResponse', statusCode: 210 },
  ...more,
});

/** The linear engine of V8 takes the first two; the others have to be limited. */
const RULES = [
  { name: 'plain', ...answer('plain/(a+)+$') },
  { name: 'ignore-case', ...answer('CASE/([A-C]+)+$') },
  { name: 'look-ahead', ...answer('look/(?=a)(a+)+$', { patternTimeLimit: '20ms' }) },
  { name: 'back-reference', ...answer('back/(a+)+\\1$', { patternTimeLimit: '20ms' }) },
  { name: 'count', ...answer('count/(?:a{1,20})+$', { patternTimeLimit: '20ms' }) },
  { name: 'beyond ASCII', ...answer('é?flag/(a+)+$', { patternTimeLimit: '20ms' }) },
];

let server: CountingServer;
let router: RouterProcess;

beforeAll(async () => {
  server = await countingServer('a', (request, response) => {
    const text = request.headers['x-echo'];
    if (text !== undefined) response.setHeader('X-Text', text);
    if (request.headers['x-id'] !== undefined) response.setHeader('Content-Type', 'text/html');
  });
  router = await RouterProcess.start({
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: [server.address] } },
    rules: [
      ...RULES,
      {
        name: 'condition',
        match: { url: '^condition$' },
        patternTimeLimit: '20ms',
        conditions: [{ input: '{HTTP_X_TEXT}', pattern: '^(?=a)(a+)+$' }],
        action: { type: 'AbortRequest' },
      },
      { name: 'all', action: { type: 'Rewrite', url: 'http://shop/{R:0}' } },
    ],
    outboundRules: {
      rules: [
        {
          name: 'header',
          match: { serverVariable: 'RESPONSE_X_TEXT', pattern: '^(?=a)(a+)+$' },
          patternTimeLimit: '20ms',
          action: { type: 'Rewrite', value: 'changed' },
        },
        {
          name: 'body',
          match: { pattern: '(?=a)(a+)+#' },
          patternTimeLimit: '20ms',
          action: { type: 'Rewrite', value: 'changed' },
        },
      ],
    },
    admin: { enabled: false },
    workers: 1,
    workerStallTimeout: '1s',
  });
});

afterAll(async () => {
  await router.stop();
  await server.kill();
});

const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${router.url('web')}/${path}`, { headers });

describe('a hostile URL', () => {
  it.each(['plain', 'case'])('is matched in linear time by %s', async (name) => {
    const started = performance.now();
    expect((await ask(`go/${name}/${HOSTILE}`)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1000);
    expect((await ask(`go/${name}/aaa`)).status).toBe(210);
  });

  it.each([
    ['look', 'look-ahead'],
    ['back', 'back-reference'],
    ['count', 'count'],
    ['flag', 'beyond ASCII'],
  ])('fails its own request for the pattern of %s', async (path, rule) => {
    const hostile = await ask(`go/${path}/${HOSTILE}`);
    expect(hostile.status).toBe(500);
    expect(await hostile.text()).toContain(`<p>rule &#34;${rule}&#34;: a pattern took more than 20 ms`);
    expect((await ask(`go/${path}/aaa`)).status).toBe(210);
  });

  it('fails its own request where a condition runs away', async () => {
    expect((await ask('condition', { 'X-Text': HOSTILE })).status).toBe(500);
    expect((await ask('condition', { 'X-Text': 'b' })).status).toBe(200);
  });

  it('fails its own response where an outbound rule runs away', async () => {
    const [header, body] = await Promise.all([
      ask('page', { 'X-Echo': HOSTILE }),
      ask('page', { 'X-Id': HOSTILE }).then((response) => (response.status === 200 ? response.text() : ''), String),
    ]);
    expect([header.status, await header.text()]).toEqual([
      500,
      expect.stringMatching(/500\.52.*rule &#34;header&#34;/s),
    ]);
    expect(body).not.toBe(HOSTILE);
    expect((await ask('page', { 'X-Echo': 'aaa' })).headers.get('X-Text')).toBe('changed');
    expect(await (await ask('page', { 'X-Id': 'aaa#!' })).text()).toBe('changed!');
  });

  it('harms no other request, and no worker', async () => {
    const attack = Array.from({ length: 20 }, () => ask(`go/look/${HOSTILE}`).then(({ status }) => status));
    const others = Array.from({ length: 20 }, (_, index) => ask(`page/${index}`).then(({ status }) => status));
    expect(new Set(await Promise.all(others))).toEqual(new Set([200]));
    expect(new Set(await Promise.all(attack))).toEqual(new Set([500]));
    expect(router.log.lines.filter(({ event }) => String(event).startsWith('worker'))).toEqual([]);
  });
});

describe('check', () => {
  const rules = (rule: object, more: object = {}) =>
    JSON.stringify({
      farms: { shop: { servers: ['127.0.0.1:1'] } },
      rules: [{ name: 'bad', action: { type: 'Rewrite', url: 'http://shop/{R:0}' }, ...rule }],
      ...more,
    });
  const check = (text: string) => narrows(['check', '-c', configFile(text)]);

  it.each(['^(?=a)(a+)+$', '^(a+)+\\1$', '^(?:a|a){20,}$', '^é(a|a)*$'])('refuses %s', async (url) => {
    const { code, stderr, stdout } = await check(rules({ match: { url } }));
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/rule "bad": the pattern can run away: on .*repeat.*patternTimeLimit: 20ms/s);
  });

  it.each(['^(a+)+$', '^(.*)/old/(.*)-(.*)-(.*)$', '^(?!.*\\.css$)(.*)$'])('takes %s', async (url) => {
    expect(await check(rules({ match: { url } }))).toMatchObject({ code: 0 });
  });

  it('takes any with a time limit, of the rule or for all', async () => {
    const match = { url: '^(?=a)(a+)+$' };
    expect(await check(rules({ match, patternTimeLimit: '5ms' }))).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = await check(rules({ match }, { vulnerablePatterns: 'limit' }));
    expect(code).toBe(0);
    expect(stdout + stderr).toMatch(/warning.*more than 20 ms fails its request/);
  });

  it('takes what stands in files of IIS, which cannot say a time limit, with a warning', async () => {
    const webConfig = `<configuration><system.webServer><rewrite><rules>
      <rule name="bad"><match url="^(?=a)(a+)+$" /><action type="Rewrite" url="/x" /></rule>
      </rules></rewrite></system.webServer></configuration>`;
    const file = join(dirname(configFile('')), 'web.config');
    writeFileSync(file, webConfig);
    const own = join(dirname(file), 'narrows.yaml');
    writeFileSync(own, JSON.stringify({ sites: { a: { root: dirname(file) } } }));
    for (const config of [file, own]) {
      const { code, stdout, stderr } = await narrows(['check', '-c', config]);
      expect(code).toBe(0);
      expect(stdout + stderr).toMatch(/web\.config:2.*rule "bad": the pattern can run away/);
    }
  });
});

describe('the library, whose host has not set the flags of V8', () => {
  const farms = { shop: { servers: ['127.0.0.1:1'] } };
  const rule = (url: string, more: object = {}) => ({ name: 'all', match: { url }, action: { type: 'None' }, ...more });

  it('refuses what the linear engine would have taken', async () => {
    const problems = await checkConfig({ farms, rules: [rule('^(a+)+$')] });
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'error', message: expect.stringMatching(/run away/) }),
    ]);
    expect(await checkConfig({ farms, rules: [rule('^(.*)/old/([^/]*)/(.*)$'), rule('x', { name: 'b' })] })).toEqual(
      [],
    );
  });

  it('stops a match that takes too long, also in its own thread', async () => {
    const rules = [rule('^(.*)(.*)(.*)(.*)!x$', { patternTimeLimit: '5ms' })];
    const { outcome } = await explainConfig({ farms, rules }, { url: `http://shop.example/${'a'.repeat(5000)}` });
    expect(outcome).toMatchObject({ kind: 'error', status: 500, subStatus: 51 });
  });
});

describe('recheck', () => {
  it('is not loaded for patterns that need no look', async () => {
    const module = new URL('../../src/control/patterns/find-slow-patterns.ts', import.meta.url).href;
    const program = `
      const { findSlowPatterns } = await import(${JSON.stringify(module)});
      const { createRequire } = await import('node:module');
      const write = (source) => ({ source, flags: '' });
      const find = (pattern) => findSlowPatterns({ patternSyntax: 'ECMAScript', pattern, ignoreCase: false }, write);
      const isLoaded = () => Object.keys(createRequire(${JSON.stringify(module)}).cache).some((file) => file.includes('recheck'));
      const fast = [find('^shop/(.*)$'), find('^(a+)+$'), find('^(?!x)(.*)/y/(.*)$')].map(({ length }) => length);
      const before = isLoaded();
      const slow = find('^(?=a)(a+)+$').length;
      console.log(JSON.stringify({ fast, before, slow, after: isLoaded() }));`;
    const flags = [
      '--enable-experimental-regexp-engine-on-excessive-backtracks',
      '--enable-experimental-regexp-engine',
      '--input-type=module',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', program]);
    expect(JSON.parse(stdout)).toEqual({ fast: [0, 0, 1], before: false, slow: 1, after: true });
  });
});
