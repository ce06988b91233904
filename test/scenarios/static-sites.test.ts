// Where a site's files are: virtual directories, letter case, one farm beside them; and what explain says of all that.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainConfig } from '../../src/index.ts';
import { backend } from '../kit/backend.ts';
import { fieldOf } from '../kit/message.ts';
import { folder, site } from '../kit/site.ts';

describe('the folders of a site', () => {
  it('may stand elsewhere, each with its own bounds', async () => {
    const images = folder({ 'logo.png': 'logo', 'deep/x.txt': 'x' });
    const { ask, root } = await site(
      { 'index.html': 'home', 'images/hidden.png': 'covered' },
      { virtualDirectories: { '/images': images, '/a/deep': join(images, 'deep') } },
    );
    expect((await ask('/images/logo.png')).body.toString()).toBe('logo');
    expect((await ask('/Images/logo.png')).body.toString()).toBe('logo');
    expect((await ask('/a/deep/x.txt')).body.toString()).toBe('x');
    expect((await ask('/images/hidden.png')).status).toBe(404);
    expect((await ask('/imagesx/logo.png')).status).toBe(404);
    expect((await ask('/images/../index.html')).body.toString()).toBe('home');
    expect(fieldOf(await ask('/images'), 'location')).toBe('/images/');
    symlinkSync(join(root, 'index.html'), join(images, 'out.html'));
    expect((await ask('/images/out.html')).status).toBe(404);
  });

  it('are compared without letter case where pathCase says so', async () => {
    const files = { 'Docs/ReadMe.TXT': 'text', 'WEB.Config': 'x', 'App_Data/x.txt': 'x' };
    const { ask } = await site(files, { webConfig: false }, { pathCase: 'insensitive' });
    expect((await ask('/docs/readme.txt')).body.toString()).toBe('text');
    expect((await ask('/DOCS/README.TXT')).body.toString()).toBe('text');
    for (const path of ['/web.config', '/WEB.CONFIG', '/Web.Config', '/APP_DATA/x.txt'])
      expect((await ask(path)).status, path).toBe(404);
    const exact = await site(files, { webConfig: false });
    expect((await exact.ask('/docs/readme.txt')).status).toBe(404);
  });

  it('leave to the only farm what they do not have', async () => {
    const server = await backend(() => 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntheir');
    const { ask } = await site(
      { 'a.txt': 'mine', 'x.unknown': 'x' },
      {},
      { farms: { shop: { servers: [server.address] } } },
    );
    expect((await ask('/a.txt')).body.toString()).toBe('mine');
    for (const path of ['/b.txt', '/', '/x.unknown']) expect((await ask(path)).body.toString(), path).toBe('their');
    expect((await ask('/a.txt', '', 'POST')).body.toString()).toBe('their');
  });
});

describe('explain', () => {
  const rules = [
    { name: 'page', match: { url: '^page$' }, action: { type: 'Rewrite', url: 'docs/index.html' } },
    { name: 'gone', match: { url: '^gone$' }, action: { type: 'Rewrite', url: 'nowhere.html' } },
    { name: 'php', match: { url: '^php$' }, action: { type: 'Rewrite', url: 'app.php' } },
  ];

  it.each<[string, string, object]>([
    ['/docs/index.html', 'GET', { kind: 'static', url: '/docs/index.html', file: 'docs/index.html' }],
    ['/docs/?a=1', 'GET', { kind: 'static', url: '/docs/?a=1', file: 'docs/index.html' }],
    ['/page', 'HEAD', { kind: 'static', url: '/docs/index.html', file: 'docs/index.html' }],
    ['/docs', 'GET', { kind: 'redirect', status: 301, location: '/docs/' }],
    ['/gone', 'GET', { kind: 'rewrite', url: '/nowhere.html' }],
    ['/php', 'GET', { kind: 'rewrite', url: '/app.php' }],
    ['/php', 'POST', { kind: 'rewrite', url: '/app.php' }],
    ['/missing', 'GET', { kind: 'none' }],
    ['/empty/', 'GET', { kind: 'none' }],
    ['/app.php', 'GET', { kind: 'error', status: 404, subStatus: 3, code: 'typeNotServed' }],
    ['/docs/index.html', 'PUT', { kind: 'error', status: 405, code: 'methodNotAllowed' }],
    ['/bin/x.txt', 'GET', { kind: 'error', status: 404, subStatus: 8, code: 'segmentHidden' }],
  ])('says what becomes of %s (%s)', async (path, method, expected) => {
    const root = folder({ 'docs/index.html': 'x', 'empty/x.txt': 'x', 'app.php': 'x', 'bin/x.txt': 'x' });
    const config = { sites: { main: { root, rules, webConfig: false } } };
    const { outcome, steps } = await explainConfig(config, { url: `http://h${path}`, method });
    const shown = outcome.kind === 'static' ? { ...outcome, file: outcome.file.replace(`${root}/`, '') } : outcome;
    expect(shown).toMatchObject(expected);
    if (outcome.kind === 'static')
      expect(steps).toContainEqual(expect.objectContaining({ stage: 'content', file: outcome.file }));
  });
});
