import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRouter } from '../../src/index.ts';
import { configFile, type Ended, narrows } from '../kit/narrows-command.ts';

const CONFIG = `
listeners: { web: { address: "127.0.0.1:80" } }
farms:
  shop: { servers: ["127.0.0.1:9001", "127.0.0.1:9002"] }
  blog: { servers: ["web9"] }
rules:
  - name: inside only
    match: { url: "^admin" }
    conditions: [ { input: "{HTTP_COOKIE}", pattern: "role=admin", negate: true } ]
    action: { type: CustomResponse, statusCode: 403, subStatusCode: 4 }
  - { name: old, match: { url: "^old/(.*)" }, action: { type: Redirect, url: "/{R:1}" } }
  - { name: never, match: { url: "^never" }, action: { type: AbortRequest } }
  - name: tenant
    match: { url: "^tenant/" }
    serverVariables: [ { name: HTTP_X_TENANT, value: "{HTTP_HOST}" } ]
    action: { type: None }
  - name: of the tenant
    match: { url: "^tenant/" }
    conditions: [ { input: "{HTTP_X_TENANT}", pattern: "^a$" } ]
    action: { type: Rewrite, url: "http://blog/{R:0}" }
  - { name: shop, match: { url: "^(shop|admin)/.*" }, action: { type: Rewrite, url: "http://shop/{R:0}" } }
`;

const IIS = [
  '#Software: Microsoft Internet Information Services 10.0',
  '#Version: 1.0',
  '#Date: 2026-01-01 00:00:00',
  '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip sc-status sc-substatus',
  '2026-01-01 00:00:00 10.0.0.5 GET /shop/a X-ARR-CACHE-HIT=0&SERVER-ROUTED=127.0.0.1:9002&X-ARR-LOG-ID=1 80 192.0.2.1 200 0',
  '2026-01-01 00:00:00 10.0.0.5 GET /shop/b X-ARR-CACHE-HIT=0&SERVER-ROUTED=web9&X-ARR-LOG-ID=2 80 192.0.2.1 200 0',
  '2026-01-01 00:00:00 10.0.0.5 GET /old/x a=b 80 192.0.2.1 301 0',
  '2026-01-01 00:00:00 10.0.0.5 GET /old/y - 80 192.0.2.1 302 0',
  '2026-01-01 00:00:00 10.0.0.5 GET /admin/x - 80 192.0.2.1 403 4',
  '2026-01-01 00:00:00 10.0.0.5 GET /admin/x X-ARR-CACHE-HIT=0&SERVER-ROUTED=127.0.0.1&X-ARR-LOG-ID=3 80 192.0.2.1 200 0',
  '2026-01-01 00:00:00 10.0.0.5 GET /elsewhere - 80 192.0.2.1 404 0',
  'broken',
];

interface Listed extends Ended {
  /** Path of the list. */
  file: string;
}

/** `explain` of `lines` by CONFIG. */
async function listed(lines: readonly (string | object)[], ...args: string[]): Promise<Listed> {
  const config = configFile(CONFIG);
  const file = join(dirname(config), 'requests');
  writeFileSync(file, `${lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')}\n`);
  return { ...(await narrows(['explain', '-c', config, '--file', file, ...args])), file };
}

function objects(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('narrows explain --file', () => {
  it('prints one result a line', async () => {
    const requests = [{ url: 'http://a/shop/x?b' }, { url: 'http://a/old/x', method: 'POST' }];
    const { code, stdout, stderr } = await listed(requests);
    expect([code, stdout, stderr]).toEqual([
      0,
      '     1  GET http://a/shop/x?b  => shop/127.0.0.1:9001 http://shop/shop/x?b\n' +
        '     2  POST http://a/old/x  => redirect 301 http://a/x\n',
      '2 requests; rules never hit: inside only, never, tenant, of the tenant\n',
    ]);
  });

  it('prints one object a line with --json', async () => {
    const { code, stdout, stderr } = await listed([{ url: 'http://www.a/tenant/x' }], '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(objects(stdout)).toEqual([
      {
        line: 1,
        method: 'GET',
        url: 'http://www.a/tenant/x',
        outcome: { kind: 'none' },
        requestHeaders: { 'x-tenant': 'www.a' },
        rules: ['tenant'],
      },
    ]);
  });

  it('is a test of the rules where requests say what they expect', async () => {
    const right = { url: 'http://a/old/x', expect: { kind: 'redirect', status: 301 } };
    const wrong = { url: 'http://a/old/x', expect: { status: 302 } };
    expect((await listed([right])).code).toBe(0);
    const { code, stdout, stderr } = await listed([right, wrong]);
    expect(code).toBe(1);
    expect(stdout).toContain('     1  ok    GET http://a/old/x');
    expect(stdout).toContain('     2  FAILS GET http://a/old/x  => redirect 301 http://a/x; status: 301, not 302\n');
    expect(stderr).toContain('2 requests, 1 as expected, 1 not as expected;');
    expect(objects((await listed([right, wrong], '--json')).stdout)).toMatchObject([
      { asExpected: true },
      { asExpected: false, difference: 'status: 301, not 302' },
    ]);
  });

  it('names lines that it cannot read, goes on, and ends with 1', async () => {
    const { code, stdout, stderr, file } = await listed(['{"url":', { url: '/x' }, { url: 'http://a/' }], '--json');
    expect([code, objects(stdout).map(({ line }) => line)]).toEqual([1, [3]]);
    expect(stderr).toContain(`${file}:1: not JSON`);
    expect(stderr).toContain(`${file}:2: url is "/x", not an absolute http or https URL\n`);
  });

  it('says which file it cannot read', async () => {
    const { code, stderr } = await narrows(['explain', '-c', configFile(CONFIG), '--file', '/nowhere']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('narrows: cannot read /nowhere: ENOENT')]);
  });

  it('writes no control character of a request to a terminal', async () => {
    expect((await listed([{ url: 'http://a/\u001b[31m' }])).stdout).toContain('http://a/\\x1b[31m  =>');
  });

  it('reads our access log, and says which headers a rule reads that were not logged', async () => {
    const line = { scheme: 'http', host: 'www.a', url: '/admin/x', method: 'GET', client: '192.0.2.1', status: 403 };
    const { code, stdout, stderr } = await listed([line], '--json');
    expect(code).toBe(0);
    expect(objects(stdout)).toMatchObject([{ url: 'http://www.a/admin/x', notLogged: ['header cookie'] }]);
    expect(stderr).toBe('narrows: header cookie, which rule "inside only" reads, was not logged (1 request)\n');
  });
});

describe('narrows explain --file with an IIS log', () => {
  it('compares each request with what IIS did', async () => {
    const { code, stdout, stderr, file } = await listed(IIS, '--json');
    expect([code, stderr]).toEqual([1, `${file}:12: 1 field where #Fields names 10\n`]);
    const verdicts = objects(stdout).map(({ line, verdict, why = '' }) => [line, verdict, why]);
    expect(verdicts).toEqual([
      [5, 'same', ''],
      [6, 'different', 'it was sent to web9: of farm blog'],
      [7, 'same', ''],
      [8, 'different', 'it was answered with 302'],
      [9, 'same', ''],
      [10, 'cannot be judged', 'header cookie, which rule "inside only" reads, was not logged'],
      [11, 'same', ''],
      [undefined, undefined, ''],
    ]);
  });

  it('ends with a summary: counts, an example for each rule, rules never hit', async () => {
    const { stdout } = await listed(IIS);
    expect(stdout).toContain(`
same                    4   57.1 %
different               2   28.6 %
cannot be judged        1   14.3 %
  1 because header cookie, which rule "inside only" reads, was not logged
1 line that cannot be read

RULE         REQUESTS  SAME  DIFFERENT  UNKNOWN  EXAMPLE
inside only         2     1          0        1  line 10: GET http://10.0.0.5/admin/x => answer 403.4 Forbidden; header cookie, `);
    expect(stdout).toContain('\nold                 2     1          1        0  line 8: GET http://10.0.0.5/old/y =>');
    expect(stdout).toContain('\n(no rule)           1     1          0        0  line 11: ');
    expect(stdout.endsWith('\nrules never hit\n  never\n  tenant\n  of the tenant\n')).toBe(true);
  });

  it('has the summary as the last object of --json', async () => {
    const { summary } = objects((await listed(IIS, '--json')).stdout).at(-1) as { summary: Record<string, unknown> };
    expect(summary).toMatchObject({ requests: 7, badLines: 1, same: 4, different: 2, cannotBeJudged: 1 });
    expect(summary.neverHit).toEqual(['never', 'tenant', 'of the tenant'].map((name) => ({ scope: 'global', name })));
  });

  it('cannot judge where the URL of a rule is made of what was not logged', async () => {
    const farms = { a: { servers: ['web1'] }, b: { servers: ['web9'] } };
    const rules = [
      { name: 'by host', match: { url: '.*' }, action: { type: 'Rewrite', url: 'http://{Farms:{HTTP_HOST}}/{R:0}' } },
    ];
    const rewriteMaps = { Farms: { defaultValue: 'a', entries: { 'www.b': 'b' } } };
    const config = configFile(JSON.stringify({ farms, rules, rewriteMaps }));
    const file = join(dirname(config), 'u_ex.log');
    writeFileSync(file, `${[...IIS.slice(0, 4), IIS[5]].join('\n')}\n`);
    const ask = async (...args: string[]) => narrows(['explain', '-c', config, '--file', file, '--json', ...args]);
    expect(objects((await ask()).stdout)[0]).toMatchObject({
      verdict: 'cannot be judged',
      why: 'header host, which rule "by host" reads, was not logged',
    });
    expect(objects((await ask('--header', 'Host: www.b')).stdout)[0]).toMatchObject({ verdict: 'same' });
  });

  it('ends with 0 when nothing is different', async () => {
    expect((await listed([...IIS.slice(0, 5), IIS[9]!])).code).toBe(0);
  });

  it('knows the site of a log by its folder, W3SVC and a number, and else cannot judge where the host decides', async () => {
    const rules = [{ name: 'old', match: { url: '^old' }, action: { type: 'Redirect', url: '/new' } }];
    const sites = { first: { bindings: ['*:80:www.a'] }, second: { bindings: ['*:80:www.b'], rules } };
    const config = configFile(JSON.stringify({ sites, unmatchedHost: 'refuse' }));
    const lines = `${[...IIS.slice(0, 4), IIS[6]].join('\n')}\n`;
    const explain = async (folder: string, ...more: string[]) => {
      mkdirSync(join(dirname(config), folder));
      const file = join(dirname(config), folder, 'u_ex260101.log');
      writeFileSync(file, lines);
      return (await narrows(['explain', '-c', config, '--file', file, ...more])).stdout;
    };
    const verdict = async (folder: string) => {
      const [{ verdict: word, why = '' }] = objects(await explain(folder, '--json')) as [Record<string, unknown>];
      return [word, why];
    };
    expect(await verdict('W3SVC2')).toEqual(['same', '']);
    expect(await verdict('W3SVC1')).toEqual(['different', 'it was answered with 301']);
    expect(await explain('logs')).toContain(`
  1 because header host, which the choice of the site reads, was not logged
  the host can be given: --header 'Host: NAME', or a log in the folder of its site, such as W3SVC1
`);
  });

  it('takes with --header what the log does not tell', async () => {
    const { stdout } = await listed([...IIS.slice(0, 4), IIS[9]!], '--json', '--header', 'Cookie: role=admin');
    expect(objects(stdout)[0]).toMatchObject({ verdict: 'same', outcome: { kind: 'proxy', farm: 'shop' } });
  });
});

describe('narrows explain --against', () => {
  const requests = [{ url: 'http://a/shop/' }, { url: 'http://a/old/x' }, { url: 'http://a/tenant/' }];
  const against = (config: string) => listed(requests, '--json', '--against', configFile(config));

  it('prints nothing, and ends with 0, when no outcome differs', async () => {
    expect(await against(CONFIG)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('prints the requests with another outcome, with both, and ends with 1', async () => {
    const { code, stdout } = await against(CONFIG.replace('type: Redirect,', 'type: Redirect, redirectType: Found,'));
    expect([code, objects(stdout)]).toEqual([
      1,
      [
        expect.objectContaining({
          line: 2,
          outcome: { kind: 'redirect', status: 301, location: 'http://a/x' },
          against: { outcome: { kind: 'redirect', status: 302, location: 'http://a/x' }, requestHeaders: {} },
        }),
      ],
    ]);
  });

  it('asks neither what was expected nor what was done', async () => {
    const lines = [{ url: 'http://a/old/x', expect: { status: 302 } }, ...IIS.slice(0, -1)];
    const { code, stdout } = await listed(lines, '--json', '--against', configFile(CONFIG));
    expect([code, stdout]).toEqual([0, '']);
  });

  it('counts headers that a server would get otherwise', async () => {
    const { code, stdout } = await against(CONFIG.replace('value: "{HTTP_HOST}"', 'value: "b"'));
    expect([code, objects(stdout).map(({ line }) => line)]).toEqual([1, [3]]);
  });

  it('tells people both outcomes', async () => {
    const other = configFile(CONFIG.replace('http://shop/{R:0}', 'http://blog/{R:0}'));
    const { stdout, stderr } = await listed(requests, '--against', other);
    expect(stdout).toBe(`     1  GET http://a/shop/
        here   shop/127.0.0.1:9001 http://shop/shop/
        there  blog/web9 http://blog/shop/
`);
    expect(stderr).toContain('3 requests, 1 with another outcome;');
  });
});

describe('narrows explain --admin --file', () => {
  it('asks the running router, one request after the other', async () => {
    const farms = { shop: { servers: ['127.0.0.1:9'] } };
    const rules = [{ name: 'shop', match: { url: '^shop/' }, action: { type: 'Rewrite', url: 'http://shop/{R:0}' } }];
    const listeners = { web: { address: '127.0.0.1:0' } };
    const router = createRouter({ farms, rules, listeners, admin: { address: '127.0.0.1:0' } }, { workers: 0 });
    onTestFinished(() => router.stop());
    const admin = (await router.start()).listeners.find(({ name }) => name === 'admin')!.url;
    const file = join(dirname(configFile('')), 'requests');
    writeFileSync(file, '{"url":"http://a/shop/","expect":{"farm":"shop"}}\n{"url":"http://a/old/x"}\n');
    const { code, stdout } = await narrows(['explain', '--admin', admin, '--file', file, '--json']);
    expect([code, objects(stdout)]).toMatchObject([
      0,
      [{ asExpected: true, rules: ['shop'] }, { outcome: { kind: 'none' } }],
    ]);
  });
});
