// Rewrite providers (url-rewrite.md 15): lookups from files, and from extensions.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkConfig, createRouter, explainConfig, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { ask } from '../kit/zero-loss-client.ts';

function folder(files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), 'narrows-providers-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** A rule that answers with what `value` gives. */
const showing = (value: string) => ({
  name: 'shows',
  match: { url: '^show/(.*)' },
  action: { type: 'CustomResponse', statusCode: 200, statusReason: 'OK', statusDescription: value },
});

async function shown(config: Record<string, unknown>, path: string): Promise<string> {
  const { outcome } = await explainConfig(config, { url: `http://a.example/show/${path}` });
  return outcome.kind === 'customResponse' ? outcome.description : JSON.stringify(outcome);
}

const messagesOf = async (config: Record<string, unknown>) =>
  (await checkConfig(config)).map(({ severity, message, suggestion }) => `${severity}: ${message} (${suggestion})`);

const fileMap = (settings: object) => ({ Places: { type: 'FileMapProvider', settings } });

describe('FileMapProvider', () => {
  const TYPE = 'FileMapProvider, Microsoft.Web.Iis.Rewrite.Providers, Version=7.1.761.0, Culture=neutral';

  it.each([
    ['the value of a key', {}, 'old', '<new place>'],
    ['nothing for another', {}, 'other', '<>'],
    ['nothing for another letter case', {}, 'OLD', '<>'],
    ['the value in any letter case with IgnoreCase', { IgnoreCase: '1' }, 'OLD', '<new place>'],
    ['the first of two values', {}, 'twice', '<one>'],
    ['what stands behind another separator', { Separator: '=>' }, 'arrow', '<there>'],
    ['a value with a separator in it', {}, 'three', '<a\tb>'],
  ])('gives %s', async (_, settings, key, text) => {
    const lines = ['\ufeffold\tnew place', 'twice\tone', 'twice\ttwo', '', 'three\ta\tb', 'arrow=>there', ''];
    const path = join(folder({ map: lines.join('\r\n') }), 'map');
    const providers = { Places: { type: TYPE, settings: { FilePath: path, ...settings } } };
    expect(await shown({ rules: [showing('<{Places:{R:1}}>')], providers }, key)).toBe(text);
  });

  it('is told of by check where its file cannot be read, and where a line has no separator', async () => {
    const path = folder({ map: 'a\tb\nlonely\n' });
    const rules = [showing('{Places:{R:1}}')];
    expect(await messagesOf({ rules, providers: fileMap({}) })).toEqual([
      'error: the provider needs the setting FilePath (add FilePath: the file with its lines)',
    ]);
    const gone = join(path, 'gone');
    expect(await messagesOf({ rules, providers: fileMap({ FilePath: gone }) })).toEqual([
      `error: the file of the provider cannot be read: there is no such file (expected a readable file ${gone})`,
    ]);
    const map = join(path, 'map');
    expect(await messagesOf({ rules, providers: fileMap({ FilePath: map, Seperator: '=' }) })).toEqual([
      'warning: FileMapProvider has no setting Seperator (expected FilePath, IgnoreCase, Separator)',
      `warning: line 2 of ${map} has no separator "\\t" (such lines are left out)`,
    ]);
    expect(await messagesOf({ rules, providers: fileMap({ FilePath: '/dev/zero' }) })).toEqual([
      expect.stringContaining('it is no file'),
    ]);
  });

  it('comes after functions and maps of its name', async () => {
    const path = join(folder({ map: 'a\tfrom the file\n' }), 'map');
    const providers = {
      Both: { type: 'FileMapProvider', settings: { FilePath: path } },
      ToLower: { type: 'FileMapProvider', settings: { FilePath: path } },
    };
    const rewriteMaps = { both: { entries: { a: 'from the map' } } };
    const rules = [showing('{Both:{R:1}}, {ToLower:A}')];
    expect(await shown({ rules, providers, rewriteMaps }, 'a')).toBe('from the map, a');
  });

  it('may stand in a site, where {DOCUMENT_ROOT} is its folder, and is inherited by what is below', async () => {
    const root = folder({ map: 'a\tfrom the site\n' });
    mkdirSync(join(root, 'sub'));
    const site = {
      root,
      providers: fileMap({ FilePath: '{DOCUMENT_ROOT}/map' }),
      locations: [{ path: '/show', rules: [{ ...showing('{Places:{R:1}}'), match: { url: '(.*)' } }] }],
    };
    expect(await shown({ sites: { main: site } }, 'a')).toBe('from the site');
    expect(await messagesOf({ providers: fileMap({ FilePath: '{DOCUMENT_ROOT}/map' }) })).toEqual([
      'error: {DOCUMENT_ROOT} is the folder of a site, and there is none here (write the folder)',
    ]);
  });
});

describe('FileContainsProvider', () => {
  it('gives the line that the text contains', async () => {
    const path = join(folder({ list: 'badbot\n\nevil\n' }), 'list');
    const settings = { FilePath: path, IgnoreCase: '1' };
    const providers = { Bad: { type: 'FileContainsProvider', settings } };
    const config = { rules: [showing('<{Bad:{R:1}}>')], providers };
    expect(await shown(config, 'a-BadBot-b')).toBe('<badbot>');
    expect(await shown(config, 'good')).toBe('<>');
  });
});

describe('another type', () => {
  it('is refused when the configuration is loaded, with what would serve it', async () => {
    const type = 'DbProvider, Microsoft.Web.Iis.Rewrite.Providers, Version=7.1.761.0';
    const providers = {
      Db: { type, settings: { ConnectionString: 'x' } },
      Mine: { type: 'My.Rules.Lookup, My.Rules' },
    };
    expect(await messagesOf({ rules: [showing('{Db:{R:1}}{Mine:x}')], providers })).toEqual([
      'error: provider "Db": nothing here serves the type DbProvider (an extension of kind rewriteProvider with the name ' +
        'DbProvider would: docs/library.md)',
      'error: provider "Mine": nothing here serves the type Lookup (an extension of kind rewriteProvider with the name ' +
        'Lookup would: docs/library.md)',
    ]);
  });

  it('is asked for where it is written', async () => {
    const text = 'providers:\n  Db: { type: DbProvider }\n';
    const path = join(folder({ 'n.yaml': text }), 'n.yaml');
    expect(await checkConfig({ file: path })).toMatchObject([{ line: 2, column: 15, severity: 'error' }]);
  });
});

const EXTENSION = `export default {
  kind: 'rewriteProvider',
  name: 'Lookup',
  create(settings, services) {
    if (settings.broken) throw new Error('no table');
    return {
      rewrite(input) {
        if (input === 'throw') throw new Error('lost the table');
        if (input === 'number') return 5;
        if (input === 'long') return 'x'.repeat(100_000);
        if (input === 'odd') return '\\ud83f?x';
        return settings.prefix + input;
      },
    };
  },
};`;

describe.each([0, 2])('a provider of an extension, with %i workers', (workers) => {
  async function start(value: string, more: object = {}): Promise<{ url: string; router: Router; log: EventLog }> {
    const extensions = [join(folder({ 'lookup.mjs': EXTENSION }), 'lookup.mjs')];
    const providers = { Mine: { type: 'My.Rules.Lookup, My.Rules', settings: { prefix: 'got ', ...more } } };
    const log = new EventLog();
    const listeners = { web: { address: '127.0.0.1:0' } };
    const moves = { name: 'moves', match: { url: '^move/(.*)' }, action: { type: 'Redirect', url: '/{Mine:{R:1}}' } };
    const rules = [showing(value), moves];
    const router = createRouter(
      { listeners, rules, providers, extensions, shutdownTimeout: '10ms', shutdownIdleGrace: 0 },
      { logger: log, workers },
    );
    onTestFinished(() => router.stop());
    const { listeners: opened } = await router.start();
    return { url: opened[0]!.url, router, log };
  }

  it('is given its settings, and answers', async () => {
    const { url, log } = await start('{Mine:{ToLower:{R:1}}}');
    expect(await ask(url, '/show/KEY')).toMatchObject({ status: 200, body: 'got key' });
    expect(log.all('config-warning')).toEqual([]);
  });

  it('that fails fails the request that asked, with the rule and the reason, and no worker', async () => {
    const { url, log, router } = await start('{Mine:{R:1}}');
    for (const [key, reason] of [
      ['throw', 'provider Mine failed: lost the table'],
      ['number', 'provider Mine gave no text'],
      ['long', 'provider Mine gave 100000 characters'],
    ]) {
      const answer = await ask(url, `/show/${key}`);
      expect([answer.status, answer.body]).toEqual([500, expect.stringContaining('500.51')]);
      expect(answer.body).toContain(`rule &#34;shows&#34;: ${reason}`);
    }
    // Half a surrogate pair is no text, and has a meaning for what makes URLs.
    expect((await ask(url, '/move/odd')).head).toMatch(/\r\nLocation: http:\/\/[^/]+\/%EF%BF%BD\?x\r\n/);
    expect(await ask(url, '/show/next')).toMatchObject({ status: 200, body: 'got next' });
    expect(log.all('internal-error')).toEqual([]);
    expect(router.status().workers.every(({ restarts }) => restarts === 0)).toBe(true);
  });

  it('that cannot be made is a fault of the configuration', async () => {
    await expect(start('{Mine:{R:1}}', { broken: 'yes' })).rejects.toThrow(
      'extension Lookup: create() failed: no table',
    );
  });
});

describe('the manual', () => {
  it('has a provider that finds the tenant of a host', async () => {
    const manual = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8');
    const example = (language: string, mark: string) =>
      [...manual.matchAll(/```(\w+)\n(.*?)```/gs)].find(
        ([, kind, code]) => kind === language && code!.includes(mark),
      )![2]!;
    const farms = 'farms: { alpha: { servers: [ "127.0.0.1:9001" ] } }\n';
    const path = folder({
      'tenant-of.ts': example('ts', "'rewriteProvider'"),
      'narrows.yaml': farms + example('yaml', 'TenantOf'),
    });
    const { outcome } = await explainConfig(
      { file: join(path, 'narrows.yaml') },
      { url: 'http://alpha.example.net/cart?a=1' },
    );
    expect(outcome).toMatchObject({ kind: 'proxy', url: 'http://alpha/cart?a=1', farm: 'alpha' });
  });
});

describe('the file of a provider', () => {
  it('is watched: what it holds now is used without a restart', async () => {
    const path = folder({ map: 'key\tbefore\n' });
    const config = {
      ...{ listeners: { web: { address: '127.0.0.1:0' } }, shutdownTimeout: '10ms', shutdownIdleGrace: 0 },
      ...{ rules: [showing('{Places:{R:1}}')], providers: fileMap({ FilePath: 'map' }) },
    };
    const file = join(path, 'narrows.json');
    writeFileSync(file, JSON.stringify(config));
    const log = new EventLog();
    const router = createRouter({ file }, { logger: log, workers: 2 });
    onTestFinished(() => router.stop());
    const { listeners } = await router.start();
    expect((await ask(listeners[0]!.url, '/show/key')).body).toBe('before');
    const reloaded = log.next('reloaded');
    writeFileSync(join(path, 'map'), 'key\tafter\n');
    await reloaded;
    expect((await ask(listeners[0]!.url, '/show/key')).body).toBe('after');
  });
});
