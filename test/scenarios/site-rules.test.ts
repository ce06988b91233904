// Sites: which one a request belongs to, and which rules are in force where (url-rewrite.md 1, 2, 4, 6, 9).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfig, explainConfig } from '../../src/index.ts';

const root = mkdtempSync(join(tmpdir(), 'narrows-sites-'));

beforeAll(() => {
  mkdirSync(join(root, 'images'));
  writeFileSync(join(root, 'page.html'), 'a page');
});

afterAll(() => rmSync(root, { recursive: true }));

const farms = { shop: { servers: ['127.0.0.1:9001'] } };
const toFarm = (name: string, url: string, to = 'http://shop/{R:0}') => ({
  name,
  match: { url },
  action: { type: 'Rewrite', url: to },
});

interface Asked {
  url: string;
  headers?: [string, string][];
}

async function outcomeOf(config: Record<string, unknown>, asked: string | Asked) {
  const request = typeof asked === 'string' ? { url: asked } : asked;
  return (await explainConfig({ farms, ...config }, request)).outcome;
}

/** A rule that answers with what an expression gives. */
const shows = (value: string, more: object = {}) => ({
  name: `shows ${value}`,
  ...more,
  action: { type: 'CustomResponse', statusCode: 200, statusReason: 'OK', statusDescription: value },
});

const shown = async (config: Record<string, unknown>, asked: string | Asked) => {
  const outcome = await outcomeOf(config, asked);
  return outcome.kind === 'customResponse' ? outcome.description : outcome.kind;
};

describe('the site of a request', () => {
  const site = (name: string, bindings: string[]) => [name, { bindings, rules: [shows('{INSTANCE_NAME}')] }] as const;
  const sites = Object.fromEntries([
    site('any', ['*:80:']),
    site('www', ['*:80:www.example.com', '*:8080:']),
    site('wild', ['*:80:*.example.com']),
    site('local', ['127.0.0.1:80:']),
    site('secure', ['https/*:443:www.example.com']),
  ]);

  it.each([
    ['http://www.example.com/', 'www'],
    ['http://WWW.Example.COM/', 'www'],
    ['http://other.example.com/', 'wild'],
    ['http://a.b.example.com/', 'wild'],
    ['http://example.com/', 'local'],
    ['http://www.example.com:8080/', 'www'],
    ['https://www.example.com/', 'secure'],
    ['https://other.example.com/', 'none'],
    ['http://www.example.com:9999/', 'none'],
  ])('%s belongs to %s', async (url, name) => {
    expect(await shown({ sites }, url)).toBe(name);
  });

  it('is none where unmatchedHost refuses: 400, naming host and port', async () => {
    const outcome = await outcomeOf({ sites, unmatchedHost: 'refuse' }, 'http://www.example.com:9999/');
    expect(outcome).toMatchObject({ kind: 'error', status: 400, code: 'unknownHost' });
    expect(outcome).toMatchObject({ reason: 'no site has a binding for host www.example.com on port 9999' });
  });

  it('without bindings takes what no other site takes', async () => {
    const config = { sites: { ...sites, rest: { rules: [shows('rest')] } } };
    expect(await shown(config, 'http://www.example.com:9999/')).toBe('rest');
    expect(await shown(config, 'http://www.example.com/')).toBe('www');
  });
});

describe('the rules of a site', () => {
  it('run after the global ones, on the URL that those left', async () => {
    const config = {
      rules: [{ name: 'global', match: { url: '^old$' }, action: { type: 'Rewrite', url: 'new?a=1' } }],
      sites: { main: { rules: [shows('{URL} {QUERY_STRING} {UNENCODED_URL}')] } },
    };
    expect(await shown(config, 'http://h/old')).toBe('/new a=1 /old');
  });

  it('do not run once a global rule made the URL absolute', async () => {
    const config = { rules: [toFarm('global', '.*')], sites: { main: { rules: [shows('site')] } } };
    expect(await outcomeOf(config, 'http://h/a')).toMatchObject({ kind: 'proxy', url: 'http://shop/a' });
  });

  it('see the path below the folder that defines them, and rewrite relative to it', async () => {
    const blog = {
      path: '/blog',
      rules: [{ name: 'b', match: { url: '^(\\d+)$' }, action: { type: 'Rewrite', url: 'article.aspx?id={R:1}' } }],
    };
    const config = { sites: { main: { rules: [toFarm('a', '^api/.*')], locations: [blog] } } };
    expect(await outcomeOf(config, 'http://h/blog/12')).toEqual({ kind: 'rewrite', url: '/blog/article.aspx?id=12' });
    expect(await outcomeOf(config, 'http://h/12')).toEqual({ kind: 'none' });
    expect(await outcomeOf(config, 'http://h/BLOG/12')).toEqual({ kind: 'rewrite', url: '/blog/article.aspx?id=12' });
    expect(await outcomeOf(config, 'http://h/api/x')).toMatchObject({ kind: 'proxy', url: 'http://shop/api/x' });
  });

  it('redirect relative to their folder', async () => {
    const rule = { name: 'r', match: { url: '^a$' }, action: { type: 'Redirect', url: 'b' } };
    const config = { sites: { main: { locations: [{ path: 'blog/', rules: [rule] }] } } };
    expect(await outcomeOf(config, 'http://h/blog/a')).toEqual({
      kind: 'redirect',
      status: 301,
      location: 'http://h/blog/b',
    });
  });

  it('are inherited before those of the folder, with the base of where they stand; clear and remove take them out', async () => {
    const config = {
      sites: {
        main: {
          rules: [shows('one {R:0}', { match: { url: 'one' } }), shows('two {R:0}', { match: { url: '(.*)two' } })],
          locations: [
            { path: '/a', rules: [shows('own {R:0}', { match: { url: '.*' } })] },
            { path: '/a/b', rules: { remove: ['SHOWS one {R:0}'], list: [] } },
            { path: '/c', rules: { clear: true, list: [] } },
          ],
        },
      },
    };
    expect(await shown(config, 'http://h/a/one')).toBe('one one');
    expect(await shown(config, 'http://h/a/two')).toBe('two a/two');
    expect(await shown(config, 'http://h/a/three')).toBe('own three');
    expect(await shown(config, 'http://h/a/b/one')).toBe('own b/one');
    expect(await shown(config, 'http://h/c/one')).toBe('none');
  });

  it('may not have the name of an inherited one', async () => {
    const config = { sites: { main: { rules: [shows('x')], locations: [{ path: '/a', rules: [shows('x')] }] } } };
    const [problem] = await checkConfig({ farms, ...config });
    expect(problem).toMatchObject({ severity: 'error', message: 'a rule called "shows x" is inherited from /' });
  });

  it('are not inherited by an application where the location says so', async () => {
    const config = {
      sites: {
        main: {
          applications: ['/app'],
          locations: [{ path: '/', inheritInChildApplications: false, rules: [shows('root')] }],
        },
      },
    };
    expect(await shown(config, 'http://h/x')).toBe('root');
    expect(await shown(config, 'http://h/app/x')).toBe('none');
  });

  it('set only what is allowed: anything else is 500.50 when the rule applies, and a warning of check', async () => {
    const rule = { ...toFarm('tenant', '.*'), serverVariables: [{ name: 'HTTP_X_TENANT', value: 'a' }] };
    const config = { sites: { main: { rules: [rule] } } };
    expect(await outcomeOf(config, 'http://h/')).toMatchObject({ kind: 'error', status: 500, subStatus: 50 });
    const [problem] = await checkConfig({ farms, ...config });
    expect(problem).toMatchObject({ severity: 'warning', suggestion: 'add HTTP_X_TENANT to allowedServerVariables' });
    const allowed = { ...config, allowedServerVariables: ['http_x_tenant'] };
    expect(await outcomeOf(allowed, 'http://h/')).toMatchObject({ kind: 'proxy' });
  });
});

describe('files', () => {
  const main = (input?: string) => ({
    sites: {
      main: {
        root,
        virtualDirectories: { '/pictures': join(root, 'images') },
        rules: [
          shows('file {REQUEST_FILENAME}', { conditions: [{ matchType: 'IsFile', ...(input && { input }) }] }),
          shows('folder', { conditions: [{ input: '{REQUEST_FILENAME}', matchType: 'IsDirectory' }] }),
          shows('neither', { conditions: [{ matchType: 'IsFile', negate: true }] }),
        ],
      },
    },
  });

  it.each([
    ['/page.html', `file ${join(root, 'page.html')}`],
    ['/images', 'folder'],
    ['/pictures', 'folder'],
    ['/missing', 'neither'],
    ['/%2e%2e/page.html', `file ${join(root, 'page.html')}`],
  ])('IsFile and IsDirectory ask the disk about %s', async (path, expected) => {
    expect(await shown(main(), `http://h${path}`)).toBe(expected);
  });

  it('are asked about below any folder that the input names, with the slashes of Windows too', async () => {
    expect(await shown(main('{DOCUMENT_ROOT}\\page.html'), 'http://h/x')).toBe(`file ${join(root, 'x')}`);
  });

  it('follow the URL that an earlier rule rewrote', async () => {
    const config = main();
    const rewrite = { name: 'first', match: { url: '^start$' }, action: { type: 'Rewrite', url: 'page.html' } };
    config.sites.main.rules.unshift(rewrite as never);
    expect(await shown(config, 'http://h/start')).toBe(`file ${join(root, 'page.html')}`);
  });
});

describe('the variables of a site', () => {
  it('name it, its number, its folders and its applications', async () => {
    const names = 'INSTANCE_ID INSTANCE_META_PATH APPL_MD_PATH APPL_PHYSICAL_PATH DOCUMENT_ROOT PATH_TRANSLATED';
    const value = names
      .split(' ')
      .map((name) => `{${name}}`)
      .join(' ');
    const site = {
      id: 7,
      root,
      applications: ['/app'],
      virtualDirectories: { '/app': '/srv/app' },
      rules: [shows(value)],
    };
    expect(await shown({ sites: { main: site } }, 'http://h/app/x')).toBe(
      `7 /LM/W3SVC/7 /LM/W3SVC/7/ROOT/app /srv/app/ ${root} /srv/app/x`,
    );
  });
});
