import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFile } from './find-file.ts';

let top: string;
let root: string;
/** Neither a file nor a folder. */
let pipe: Server;

beforeAll(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'narrows-find-')));
  root = join(top, 'www');
  await put('www/index.html', 'hello');
  await put('www/Images/Logo.PNG', 'png');
  await put('www/a b/ö.txt', 'x');
  await put('www/.env', 'SECRET');
  await put('www/.git/config', 'x');
  await put('www/.well-known/security.txt', 'x');
  await put('www/web.config', '<configuration/>');
  await put('www/name.', 'x');
  await put('www/blank ', 'x');
  await put('www/back\\slash', 'x');
  await put('www/stream:x', 'x');
  await put('www/WEB~1.CON', 'x');
  await put('www/~user/page.html', 'x');
  await put('secret.txt', 'outside');
  await put('www2/beside.txt', 'outside');
  await symlink(join(top, 'secret.txt'), join(root, 'out.txt'));
  await symlink(top, join(root, 'up'));
  await symlink(join(top, 'www2'), join(root, 'beside'));
  await symlink('Images/Logo.PNG', join(root, 'in.png'));
  await symlink('loop', join(root, 'loop'));
  await symlink(root, join(top, 'current'));
  pipe = createServer().listen(join(root, 'pipe'));
});

afterAll(async () => {
  pipe.close();
  await rm(top, { recursive: true, force: true });
});

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(top, name)), { recursive: true });
  await writeFile(join(top, name), text);
}

describe('findFile', () => {
  it('finds a file with its size, and a folder, with the slash at its end or without', async () => {
    expect(await findFile(root, '/index.html', false)).toMatchObject({
      kind: 'file',
      path: join(root, 'index.html'),
      size: 5,
    });
    for (const path of ['/', '', '/Images', '/Images/', '//Images//'])
      expect(await findFile(root, path, false), path).toMatchObject({ kind: 'directory' });
    expect(await findFile(root, '/a b/ö.txt', false)).toMatchObject({ kind: 'file' });
    expect(await findFile(root, '/~user/page.html', false)).toMatchObject({ kind: 'file' });
    expect(await findFile(root, '/.well-known/security.txt', false)).toMatchObject({ kind: 'file' });
  });

  it('finds no file under a path that ends with a slash', async () => {
    expect(await findFile(root, '/index.html/', false)).toBeNull();
    expect(await findFile(root, '/index.html/more', false)).toBeNull();
  });

  it.each([
    ...[
      '/..',
      '/../secret.txt',
      '/Images/../../secret.txt',
      '/./index.html',
      '/Images/./Logo.PNG',
      '/../www/index.html',
    ],
    ...[
      '/..\\secret.txt',
      '\\..\\secret.txt',
      '/back\\slash',
      '/Images\\Logo.PNG',
      '/C:/index.html',
      '/C:\\index.html',
    ],
    ...['/index.html\0', '/index.html\0.png', '/index.html\n', '/\x7f', '/stream:x', '/index.html::$DATA'],
    ...['/.env', '/.git/config', '/.git', '/.../index.html', '/.well-known/../.env', '/.well-known/.env'],
    ...['/name.', '/blank ', '/index.html.', '/index.html ', '/web.config.', '/Images./Logo.PNG', '/Images /Logo.PNG'],
    ...['/WEB~1.CON', '/WEB~1', '/IMAGES~1/Logo.PNG'],
    ...['/out.txt', '/up', '/up/secret.txt', '/up/www/index.html/..', '/beside/beside.txt', '/loop', '/pipe'],
    ...['/missing', `/${'x'.repeat(5000)}`, '/\ud800'],
  ])('finds nothing under %j, in either way of comparing', async (path) => {
    expect(await findFile(root, path, false)).toBeNull();
    expect(await findFile(root, path, true)).toBeNull();
  });

  it('follows a link that stays below the root, and takes a root that is a link', async () => {
    expect(await findFile(root, '/in.png', false)).toMatchObject({
      path: join(root, 'in.png'),
      realPath: join(root, 'Images/Logo.PNG'),
    });
    const current = join(top, 'current');
    expect(await findFile(current, '/index.html', false)).toMatchObject({
      path: join(current, 'index.html'),
      realPath: join(root, 'index.html'),
    });
    expect(await findFile(current, '/out.txt', false)).toBeNull();
    expect(await findFile(join(root, 'up'), '/www/index.html', false)).toMatchObject({ kind: 'file' });
  });

  it('does not take a folder beside the root whose name only begins like it', async () => {
    await symlink(join(top, 'www2', 'beside.txt'), join(root, 'sibling.txt'));
    expect(await findFile(root, '/sibling.txt', false)).toBeNull();
  });
});

describe('findFile, whatever it is asked', () => {
  it('finds nothing outside the root, nothing hidden, and nothing by a name that is spelled otherwise', async () => {
    const nasty = [
      '..',
      '.',
      '...',
      '',
      ' ',
      '.env',
      '.git',
      'up',
      'out.txt',
      'secret.txt',
      'www',
      'a.',
      '\\',
      ':',
      '\0',
      '~1',
      '%2e%2e',
    ];
    const good = ['index.html', 'Images', 'Logo.PNG', 'in.png', 'beside', 'IMAGES'];
    const part = fc.oneof(fc.constantFrom(...nasty, ...good), fc.string({ maxLength: 3 }));
    const path = fc.array(
      fc.oneof(
        part,
        fc.tuple(part, part).map(([a, b]) => a + b),
      ),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom('/', '//', '\\', '/./', '/../'),
        fc.boolean(),
        async (parts, between, any) => {
          const found = await findFile(root, `/${parts.join(between)}`, any);
          if (found === null) return;
          expect(found.realPath === root || found.realPath.startsWith(`${root}/`)).toBe(true);
          expect(
            found.path
              .slice(root.length)
              .split('/')
              .some((name) => /^\.(?!well-known$)|[. ]$|[\\:]/.test(name)),
          ).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('findFile without regard to letter case', () => {
  it('finds a name in any spelling, and tells the one on the disk', async () => {
    expect(await findFile(root, '/IMAGES/logo.png', false)).toBeNull();
    expect(await findFile(root, '/IMAGES/logo.png', true)).toMatchObject({ path: join(root, 'Images/Logo.PNG') });
    expect(await findFile(root, '/A B/Ö.TXT', true)).toMatchObject({ path: join(root, 'a b/ö.txt') });
    expect(await findFile(root, '/OUT.TXT', true)).toBeNull();
  });

  it('takes the exact name before another', async () => {
    await put('www/Two.txt', '1');
    await put('www/two.txt', '22');
    expect(await findFile(root, '/two.txt', true)).toMatchObject({ size: 2 });
    expect(await findFile(root, '/Two.txt', true)).toMatchObject({ size: 1 });
    expect(await findFile(root, '/TWO.TXT', true)).toMatchObject({ path: join(root, 'two.txt') });
  });

  it('sees a new file in a folder that it has read before', async () => {
    const old = new Date(Date.now() - 60_000);
    await put('www/old/One.txt', '1');
    await utimes(join(root, 'old'), old, old);
    expect(await findFile(root, '/old/ONE.txt', true)).not.toBeNull();
    expect(await findFile(root, '/old/NEW.txt', true)).toBeNull();
    await put('www/old/New.txt', '1');
    expect(await findFile(root, '/old/NEW.txt', true)).not.toBeNull();
  });
});
