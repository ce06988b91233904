// A router starts although a web.config in the folder of a site has a fault: that folder answers 500.19, as in IIS, and
// all else is served.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, checkConfig, createRouter, explainConfig, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { folderWith, webConfig } from '../kit/iis-sample.ts';
import { stopRouter } from '../kit/stop-router.ts';

const SOUND = webConfig(
  '<httpProtocol><customHeaders><add name="X-Sound" value="yes"/></customHeaders></httpProtocol>',
);
const rule = (pattern: string, url: string) =>
  `<rewrite><rules><rule name="r"><match url="${pattern}"/>\n<action type="Rewrite" url="${url}"/></rule></rules></rewrite>`;

/** Each with the line of its fault. */
const FAULTS: [what: string, file: string, line: number][] = [
  ['an XML fault', SOUND.replace('</httpProtocol>', ''), 3],
  ['an unknown attribute', SOUND.replace('value=', 'valeu='), 2],
  ['a bad pattern', webConfig(rule('(', '/x')), 2],
];

let folder: string;
let log: EventLog;
let router: Router | null;

beforeEach(() => {
  folder = folderWith({
    'one/index.html': 'one',
    'one/sub/index.html': 'sub',
    'one/sub/below/page.html': 'below',
    'one/subway/index.html': 'subway',
    'two/index.html': 'two',
    'two/area/index.html': 'area',
    'elsewhere/page.html': 'elsewhere',
  });
  log = new EventLog();
  router = null;
});

afterEach(async () => {
  if (router !== null) await stopRouter(router, null);
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** The configuration file, with `site` for the first of two sites. */
function main(site = '', rest = ''): string {
  write(
    'narrows.yaml',
    `listeners: { main: { address: 127.0.0.1:0 } }
sites:
  one: { root: one, bindings: ["*:80:one.example"] ${site} }
  two: { root: two, bindings: ["*:80:two.example"] }
${rest}`,
  );
  return join(folder, 'narrows.yaml');
}

async function start(config: string = main()): Promise<void> {
  const created = createRouter({ file: config }, { logger: log, workers: 0, listen: ['127.0.0.1:0'], watch: true });
  await created.start();
  router = created;
}

/** Status, and body where it is a file of the site. */
function answerOf(host: string, path: string): Promise<string> {
  const { hostname, port } = new URL(router!.status().listeners[0]!.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: hostname, port, path, headers: { host }, agent: false }, async (response) => {
      const body = await text(response);
      resolve(/^\w+$/.test(body) ? `${response.statusCode} ${body}` : `${response.statusCode}`);
    });
    sent.on('error', reject).end();
  });
}

async function codeOf(host: string, path: string): Promise<unknown> {
  const { outcome } = await router!.explain({ url: `http://${host}${path}` });
  return outcome.kind === 'error' ? `${outcome.status}.${outcome.subStatus} ${outcome.code}` : outcome.kind;
}

async function reloaded(change: () => void): Promise<void> {
  const count = log.all('reloaded').length;
  change();
  await log.nth('reloaded', count);
}

describe('a router that starts with a broken web.config in the folder of a site', () => {
  it.each(FAULTS)('answers 500.19 there and serves the rest: %s', async (_, broken, line) => {
    write('one/sub/web.config', broken);
    write('one/sub/below/web.config', SOUND);
    write('two/area/web.config', SOUND);
    await start();
    for (const path of ['/sub', '/sub/', '/SUB/index.html', '/x/../sub/', '/%73ub//below/page.html', '/sub/none'])
      expect([path, await answerOf('one.example', path)]).toEqual([path, '500']);
    expect(await codeOf('one.example', '/sub/below/page.html')).toBe('500.19 siteConfigBroken');
    expect(await answerOf('one.example', '/')).toBe('200 one');
    expect(await answerOf('one.example', '/subway/')).toBe('200 subway');
    expect(await answerOf('two.example', '/area/')).toBe('200 area');

    const file = join(folder, 'one/sub/web.config');
    expect(log.all('site-config-broken')).toMatchObject([
      { level: 'error', file, line, column: expect.any(Number), message: expect.any(String) },
    ]);
    expect(log.all('site-config-broken')[0]!.msg).toContain(`${file}:${line}:`);
    expect(log.all('site-folders-broken')).toMatchObject([{ level: 'error', folders: 1 }]);

    await reloaded(() => write('one/sub/web.config', SOUND));
    expect(await answerOf('one.example', '/sub/')).toBe('200 sub');
    expect(await answerOf('one.example', '/sub/below/page.html')).toBe('200 below');
    expect(log.all('site-folders-broken')).toHaveLength(1);
  });

  it('does so for faults that are seen only one after the other, and each folder comes back by itself', async () => {
    write('one/sub/web.config', FAULTS[0]![1]);
    write('two/area/web.config', FAULTS[2]![1]);
    await start();
    expect(log.all('site-config-broken')).toHaveLength(2);
    expect(log.all('site-folders-broken')).toMatchObject([{ folders: 2 }]);
    expect([await answerOf('one.example', '/sub/'), await answerOf('two.example', '/area/')]).toEqual(['500', '500']);
    await reloaded(() => write('one/sub/web.config', SOUND));
    expect([await answerOf('one.example', '/sub/'), await answerOf('two.example', '/area/')]).toEqual([
      '200 sub',
      '500',
    ]);
    expect(log.all('site-config-broken')).toHaveLength(2);
    write('one/sub/web.config', FAULTS[1]![1]);
    await expect(router!.reload()).rejects.toThrow(/one\/sub\/web.config/);
    expect(await answerOf('one.example', '/sub/')).toBe('200 sub');
  });

  it('answers 500.19 for all of a site whose own web.config it is, applications and virtual directories too', async () => {
    write('one/web.config', FAULTS[1]![1]);
    await start(main(', applications: [/app], virtualDirectories: { /app: elsewhere }'));
    for (const path of ['/', '/sub/', '/app/page.html'])
      expect([path, await codeOf('one.example', path)]).toEqual([path, '500.19 siteConfigBroken']);
    expect(await answerOf('two.example', '/')).toBe('200 two');
  });

  it('answers 500.19 for an application below that has locations of its own in the main file', async () => {
    write('one/sub/web.config', FAULTS[1]![1]);
    const location = '{ path: /sub/below, rules: { clear: true }, ipSecurity: { allowUnlisted: true } }';
    await start(
      main(`, applications: [/sub/below], locations: [{ path: /sub, inheritInChildApplications: false }, ${location}]`),
    );
    expect(await codeOf('one.example', '/sub/below/page.html')).toBe('500.19 siteConfigBroken');
  });

  it('is not led there or away from there by a rule, nor there by a default document or an error page', async () => {
    write('one/sub/web.config', FAULTS[0]![1]);
    const rules = ['led: sub/below/page.html', 'sub/away: index.html'].map((each) => {
      const [from, to] = each.split(': ');
      return `{ name: ${from}, match: { url: ^${from}$ }, action: { type: Rewrite, url: ${to} } }`;
    });
    await start(
      main(
        `, rules: [${rules}], defaultDocument: { files: { clear: true, list: [sub/index.html] } },
         httpErrors: { errorMode: Custom, errors: [{ statusCode: 404, path: /sub/index.html, responseMode: ExecuteURL }] }`,
      ),
    );
    expect(await codeOf('one.example', '/sub/away')).toBe('500.19 siteConfigBroken');
    expect(await codeOf('one.example', '/led')).toBe('500.19 siteConfigBroken');
    expect(await answerOf('one.example', '/')).toBe('500');
    expect(await answerOf('one.example', '/none')).toBe('404');
  });

  it('leaves to a farm what a global rule sends there, and nothing that rules of the file may have kept from it', async () => {
    const farms = 'farms: { f: { servers: ["127.0.0.1:9"] } }';
    write('one/sub/web.config', webConfig(rule('(', '/x')));
    await start(main('', farms));
    expect(await codeOf('two.example', '/none')).toBe('none');
    await reloaded(() =>
      main(
        '',
        `${farms}\nrules: [{ name: g, match: { url: ^sub/api }, action: { type: Rewrite, url: "http://f/{R:0}" } }]`,
      ),
    );
    expect(await codeOf('one.example', '/sub/api')).toBe('proxy');
    expect(await codeOf('one.example', '/sub/')).toBe('500.19 siteConfigBroken');
  });

  it('answers 500.19 also for the farm where the file, or one below it, may say who is kept out', async () => {
    write('one/sub/web.config', FAULTS[0]![1]);
    write('one/sub/below/web.config', webConfig('<security><ipSecurity allowUnlisted="false"/></security>'));
    write('two/area/web.config', FAULTS[0]![1]);
    const rule = '{ name: g, match: { url: ^api/(.*) }, action: { type: Rewrite, url: "http://f/{R:1}" } }';
    const all = '{ name: a, match: { url: "^(sub|area)/" }, action: { type: Rewrite, url: "http://f/{R:0}" } }';
    await start(main('', `farms: { f: { servers: ["127.0.0.1:9"] } }\nrules: [${rule}, ${all}]`));
    expect(await codeOf('one.example', '/sub/below/x')).toBe('500.19 siteConfigBroken');
    expect([await codeOf('one.example', '/api/x'), await codeOf('two.example', '/area/x')]).toEqual(['proxy', 'proxy']);
    expect(log.all('site-folders-broken')).toMatchObject([{ folders: 2 }]);
  });

  it('watches the file that a web.config takes a section from, and blames the web.config for it', async () => {
    write(
      'one/sub/web.config',
      '<configuration><system.webServer><rewrite configSource="r.xml"/></system.webServer></configuration>',
    );
    write('one/sub/r.xml', '<rewrite><rulez/></rewrite>');
    await start();
    expect(log.all('site-config-broken')).toMatchObject([{ file: join(folder, 'one/sub/r.xml'), line: 1 }]);
    expect(await answerOf('one.example', '/sub/')).toBe('500');
    await reloaded(() => write('one/sub/r.xml', '<rewrite><rules/></rewrite>'));
    expect(await answerOf('one.example', '/sub/')).toBe('200 sub');
  });

  it('does so too where the main file is a web.config or a program gives the configuration', async () => {
    write('one/sub/web.config', FAULTS[0]![1]);
    write('one/web.config', SOUND);
    await start(relative('.', join(folder, 'one/web.config')));
    expect([await answerOf('x', '/'), await answerOf('x', '/sub/')]).toEqual(['200 one', '500']);
    const given = createRouter(
      { sites: { one: { root: join(folder, 'one') } } },
      { workers: 0, listen: ['127.0.0.1:0'] },
    );
    await given.start();
    await stopRouter(given, null);
  });
});

describe('what does not start for all that', () => {
  it('is a main file with a fault: it is told first, and nothing is left open', async () => {
    write('one/sub/web.config', FAULTS[0]![1]);
    const refused = start(main('', 'rules: [{ name: g, match: { url: "(" }, action: { type: None } }]'));
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(/narrows\.yaml:5/);
    await expect(refused).rejects.toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ file: join(folder, 'one/sub/web.config') })]),
    });
    expect(log.lines).toEqual([]);
  });

  it('is a web.config that is the main file', async () => {
    write('one/web.config', FAULTS[1]![1]);
    await expect(start(join(folder, 'one/web.config'))).rejects.toThrow(/web\.config:2/);
  });

  it('is a check or an explanation: both are strict', async () => {
    write('one/sub/web.config', FAULTS[0]![1]);
    const file = main();
    expect(await checkConfig({ file })).toMatchObject([
      { file: join(folder, 'one/sub/web.config'), severity: 'error' },
    ]);
    await expect(explainConfig({ file }, { url: 'http://two.example/' })).rejects.toThrow(ConfigError);
  });
});
