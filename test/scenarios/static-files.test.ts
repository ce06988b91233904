// Files of a site on real sockets: what is sent, and how the connection goes on.
import { readdirSync, readFileSync, readlinkSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chunk, get, withBody } from '../kit/client.ts';
import { collectGarbage } from '../kit/collect-garbage.ts';
import { fieldOf } from '../kit/message.ts';
import { patterned, patternFault } from '../kit/patterned-bytes.ts';
import { folder, site } from '../kit/site.ts';
import { until } from '../kit/until.ts';

describe('a file', () => {
  it('is sent with its type, length, date and tag', async () => {
    const { ask, root } = await site({ 'pics/logo.svg': '<svg/>' });
    const date = new Date('2026-01-02T03:04:05Z');
    utimesSync(join(root, 'pics/logo.svg'), date, date);
    const response = await ask('/pics/logo.svg?v=1');
    expect(response).toMatchObject({ status: 200, framing: 'length' });
    expect(response.body.toString()).toBe('<svg/>');
    expect(fieldOf(response, 'content-type')).toBe('image/svg+xml');
    expect(fieldOf(response, 'last-modified')).toBe('Fri, 02 Jan 2026 03:04:05 GMT');
    expect(fieldOf(response, 'etag')).toMatch(/^"[0-9a-f]+-6"$/);
    expect(fieldOf(response, 'accept-ranges')).toBe('bytes');
    expect(fieldOf(response, 'date')).toBeDefined();
    expect(fieldOf(response, 'cache-control')).toBeUndefined();
  });

  it('has a type without a charset: the page itself says which one it is in', async () => {
    const { ask } = await site({ 'a.html': 'x', 'b.JS': 'x', 'c.wasm': 'x', 'd.tar.gz': 'x', 'e.mjs': 'x' });
    const types = await Promise.all(
      ['/a.html', '/b.JS', '/c.wasm', '/d.tar.gz', '/e.mjs'].map(async (path) =>
        fieldOf(await ask(path), 'content-type'),
      ),
    );
    expect(types).toEqual([
      ...['text/html', 'application/javascript', 'application/wasm', 'application/x-gzip', 'text/javascript'],
    ]);
  });

  it('is found under an escaped name', async () => {
    const { ask } = await site({ 'a b/ö.txt': 'found' });
    expect((await ask('/a%20b/%C3%B6.txt')).body.toString()).toBe('found');
    expect((await ask('/x/../a%20b//%c3%b6.txt')).body.toString()).toBe('found');
  });

  it('answers HEAD without a body', async () => {
    const { ask } = await site({ 'a.txt': '12345' });
    const response = await ask('/a.txt', '', 'HEAD');
    expect(response.status).toBe(200);
    expect(fieldOf(response, 'content-length')).toBe('5');
    expect(response.body.length).toBe(0);
  });

  it('may be empty', async () => {
    const { ask } = await site({ 'a.txt': '' });
    const response = await ask('/a.txt');
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(fieldOf(response, 'content-length')).toBe('0');
  });

  it('is sent to an HTTP/1.0 client, whose connection then ends or is kept as it wants', async () => {
    const { connect } = await site({ 'a.txt': 'one' });
    const ending = (await connect()).send('GET /a.txt HTTP/1.0\r\nHost: a\r\n\r\n');
    expect((await ending.response()).body.toString()).toBe('one');
    await ending.closed();
    const kept = (await connect()).send('GET /a.txt HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n');
    expect(fieldOf(await kept.response(), 'connection')).toBe('keep-alive');
    kept.send('GET /a.txt HTTP/1.0\r\nHost: a\r\n\r\n');
    expect((await kept.response()).body.toString()).toBe('one');
  });

  it('leaves its connection to the next request, also to ones that came early', async () => {
    const { connect } = await site({ 'a.txt': 'one', 'b.txt': 'two' });
    const client = (await connect()).send(get('/a.txt') + get('/b.txt') + get('/none') + get('/a.txt'));
    const bodies = [await client.response(), await client.response()].map(({ body }) => body.toString());
    expect(bodies).toEqual(['one', 'two']);
    expect((await client.response()).status).toBe(404);
    expect((await client.response()).body.toString()).toBe('one');
    client.send(get('/b.txt', 'Connection: close\r\n'));
    expect((await client.response()).body.toString()).toBe('two');
    await client.closed();
  });

  it('takes no notice of a body of its request, and keeps the connection once that has come', async () => {
    const { connect } = await site({ 'a.txt': 'one' });
    const client = (await connect()).send(withBody('GET', 'x'.repeat(1000)).replace('GET / ', 'GET /a.txt '));
    expect((await client.response()).body.toString()).toBe('one');
    client.send(`GET /a.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('abc')}0\r\n\r\n`);
    expect(fieldOf(await client.response(), 'connection')).toBeUndefined();
    client.send(get('/a.txt'));
    expect((await client.response()).status).toBe(200);
  });

  it('answers a request whose body is still to come, and then ends the connection', async () => {
    const { connect } = await site({ 'a.txt': 'one' });
    const client = (await connect()).send('GET /a.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    const response = await client.response();
    expect(response.body.toString()).toBe('one');
    expect(fieldOf(response, 'connection')).toBe('close');
    await client.closed();
  });
});

describe('a file that was served before', () => {
  it('is the same in every way, whether it is read again or remembered', async () => {
    const root = new URL('../../docs', import.meta.url).pathname; // files that nobody has just written
    const { ask } = await site({}, { root, staticContent: { mimeMap: { '.md': 'text/markdown' } } });
    const bytes = readFileSync(join(root, 'security.md'));
    const tags = new Set<string | undefined>();
    for (let round = 0; round < 3; round++) {
      const whole = await ask('/security.md');
      tags.add(fieldOf(whole, 'etag'));
      expect([whole.status, whole.body.equals(bytes), fieldOf(whole, 'content-type')]).toEqual([
        200,
        true,
        'text/markdown',
      ]);
      const part = await ask('/security.md', 'Range: bytes=10-19\r\n');
      expect([part.status, part.body.equals(bytes.subarray(10, 20))]).toEqual([206, true]);
      const parts = await ask('/security.md', 'Range: bytes=0-1,5-6\r\n');
      expect([parts.status, parts.complete, parts.body.includes(bytes.subarray(5, 7))]).toEqual([206, true, true]);
      const head = await ask('/security.md', '', 'HEAD');
      expect([head.status, fieldOf(head, 'content-length')]).toEqual([200, `${bytes.length}`]);
      expect((await ask('/security.md', `If-None-Match: ${[...tags][0]}\r\n`)).status).toBe(304);
      expect((await ask('/security.md', '', 'POST')).status).toBe(405);
    }
    expect(tags.size).toBe(1);
  });
});

describe('a long file', () => {
  const bytes = patterned(3 * 1024 * 1024 + 17);

  it('arrives whole, whatever the client reads at a time', async () => {
    const { connect } = await site({ 'long.zip': bytes });
    const client = await connect();
    client.send(get('/long.zip') + get('/long.zip', 'Range: bytes=1000000-1999999\r\n'));
    client.socket.pause();
    await new Promise((resolve) => setImmediate(resolve));
    client.socket.resume();
    const [whole, part] = [await client.response(), await client.response()];
    expect(whole.body.length).toBe(bytes.length);
    expect(patternFault(whole.body)).toBe(-1);
    expect(part.body.equals(bytes.subarray(1_000_000, 2_000_000))).toBe(true);
  });

  it('is not mixed up with what is read next while the client has not taken it', async () => {
    const { connect } = await site({ 'long.zip': bytes });
    const client = await connect();
    const starts = Array.from({ length: 20 }, (_, part) => part * 120_000);
    const ranges = starts.map((start) => `${start}-${start + 59_999}`);
    client.send(get('/long.zip') + get('/long.zip', `Range: bytes=${ranges}\r\n`));
    client.socket.on('data', () => {
      client.socket.pause();
      setImmediate(() => client.socket.resume());
    });
    const [whole, parts] = [await client.response(), await client.response()];
    expect(patternFault(whole.body)).toBe(-1);
    for (const start of starts) {
      const at = parts.body.indexOf(`Content-Range: bytes ${start}-`);
      const begin = parts.body.indexOf('\r\n\r\n', at) + 4;
      expect(patternFault(parts.body.subarray(begin, begin + 60_000), start), `${start}`).toBe(-1);
    }
  });

  it('that becomes shorter while it is sent breaks the connection off', async () => {
    const { connect, root, log } = await site({ 'long.zip': patterned(64 * 1024 * 1024) });
    const client = await connect();
    client.send(get('/long.zip'));
    await client.receives('\r\n\r\n');
    client.socket.pause();
    truncateSync(join(root, 'long.zip'), 1000);
    client.socket.resume();
    await expect(client.response()).resolves.toMatchObject({ status: 200, complete: false });
    expect(log.filter(({ facts }) => facts.event === 'internal-error')).toEqual([]);
  });

  it('takes no more memory than a few pieces of it, however slowly the client reads', async () => {
    const bytes = 64 * 1024 * 1024;
    const { connect, root } = await site({});
    writeFileSync(join(root, 'long.zip'), patterned(bytes));
    const { socket } = await connect();
    socket.removeAllListeners('data');
    // What is garbage already is nobody's memory: it is collected before each reading.
    const held = (): number => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const before = held();
    let [received, read, most, fault] = [0, 0, 0, -1];
    let head = '';
    const ended = new Promise<void>((resolve) => {
      socket.on('data', (piece: Buffer) => {
        const body = head.includes('\r\n\r\n') ? piece : bodyOf(piece);
        if (fault === -1) fault = patternFault(body, received);
        received += body.length;
        if (received - read >= 4 * 1024 * 1024) {
          read = received;
          most = Math.max(most, held() - before);
        }
        if (received === bytes) return resolve();
        socket.pause(); // between two pieces the server may run as far ahead as it wants
        setImmediate(() => socket.resume());
      });
    });
    const bodyOf = (piece: Buffer): Buffer => {
      head += piece.toString('latin1');
      return piece.subarray(piece.indexOf('\r\n\r\n') + 4);
    };
    socket.write(get('/long.zip'));
    await ended;
    expect([received, fault]).toEqual([bytes, -1]);
    expect(most).toBeLessThan(8 * 1024 * 1024);
  }, 30_000);

  it('whose client leaves is closed', async () => {
    const { connect, router } = await site({ 'long.zip': patterned(64 * 1024 * 1024) });
    const before = openFiles();
    const client = await connect();
    client.send(get('/long.zip'));
    await client.receives('\r\n\r\n');
    client.reset();
    await until(() => openFiles() <= before);
    expect(router).toBeDefined();
  });
});

/** Descriptors of this process that are open files of test folders. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('narrows-site-');
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

describe('a folder', () => {
  it('is answered by its first default document', async () => {
    const { ask } = await site({ 'docs/index.html': 'html', 'docs/index.htm': 'htm', 'own/home.txt': 'home' });
    const response = await ask('/docs/?a=b');
    expect(response.body.toString()).toBe('htm');
    expect(fieldOf(response, 'content-type')).toBe('text/html');
  });

  it('is asked for with a slash at its end, and the query is kept', async () => {
    const { ask } = await site({ 'a b/index.html': 'x' });
    const response = await ask('/a%20b?x=1&y=%2F');
    expect(response.status).toBe(301);
    expect(fieldOf(response, 'location')).toBe('/a%20b/?x=1&y=%2F');
  });

  it('never sends a client to another host', async () => {
    const { ask } = await site({ 'evil.example/index.html': 'x' });
    for (const path of [
      '//evil.example',
      '/%2fevil.example',
      '/%5cevil.example',
      '/x/..//evil.example',
      '/.//evil.example',
    ]) {
      const response = await ask(path);
      expect([response.status, fieldOf(response, 'location')], path).toEqual([301, '/evil.example/']);
    }
  });

  it('without one is not listed: 403.14', async () => {
    const { ask } = await site({ 'docs/secret-name.txt': 'x' });
    const response = await ask('/docs/');
    expect(response.status).toBe(403);
    expect(fieldOf(response, 'proxy-status')).toContain('403.14');
    expect(response.body.toString()).not.toContain('secret-name');
  });
});

describe('what is not served', () => {
  it('is 404.3 for a type that is not known, with the line that makes it known', async () => {
    const { ask } = await site({ 'data.sqlite': 'x', LICENSE: 'x' });
    const response = await ask('/data.sqlite', 'Accept: application/json\r\n');
    expect(JSON.parse(response.body.toString())).toMatchObject({
      status: 404,
      subStatus: 3,
      code: 'typeNotServed',
      reason: expect.stringContaining('mimeMap: { ".sqlite": application/octet-stream }'),
    });
    expect((await ask('/LICENSE')).status).toBe(404);
  });

  it('is 404.3 for a program, with no word on how its source could be sent', async () => {
    const { ask } = await site({ 'index.php': '<?php' });
    const { reason } = JSON.parse((await ask('/index.php', 'Accept: application/json\r\n')).body.toString());
    expect(reason).toContain('send this request to a server that runs them');
    expect(reason).not.toContain('mimeMap');
  });

  it('is 404 without a file, naming the path and not the folder on the disk', async () => {
    const { ask, root } = await site({ 'a.txt': 'x' });
    const response = await ask('/b.txt');
    expect(response.status).toBe(404);
    expect(response.body.toString()).toContain('no file for /b.txt');
    expect(response.head + response.body.toString()).not.toContain(root);
  });

  it('is 405 with Allow for a method that does not read', async () => {
    const { ask } = await site({ 'a.txt': 'x' });
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
      const response = await ask('/a.txt', '', method);
      expect([response.status, fieldOf(response, 'allow')], method).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
    const options = await ask('/a.txt', '', 'OPTIONS');
    expect([options.status, fieldOf(options, 'allow')]).toEqual([200, 'GET, HEAD, OPTIONS']);
  });

  it.each([
    ...['/../outside.txt', '/%2e%2e/outside.txt', '/..%2foutside.txt', '/%2e%2e%2foutside.txt', '/..%5coutside.txt'],
    ...['/..\\outside.txt', '/a/..%2f..%2foutside.txt', '/a/%2e%2e/%2e%2e/outside.txt', '/a\\..\\..\\outside.txt'],
    ...['/%252e%252e/outside.txt', '/%252e%252e%252foutside.txt', '/..%c0%afoutside.txt', '/.%00./outside.txt'],
    ...['/link.txt', '/up/outside.txt', '/.env', '/%2eenv', '/.git/config', '/a/.hidden.txt', '/%2egit/config'],
    ...['/a.txt%00', '/a.txt%00.html', '/a.txt::$DATA', '/a.txt:x', '/a.txt.', '/a.txt%20', '/a.txt%2e', '/A~1.TXT'],
    ...[
      '/...//outside.txt',
      '/....//outside.txt',
      '/a.txt/',
      '/a.txt/..;/outside.txt',
      '/C:/outside.txt',
      '/C:%5coutside.txt',
    ],
    ...['/a/...%5coutside.txt', '/%5c%5chost%5cshare', '/a.txt%0a', '/%f0%80%80%ae%f0%80%80%ae/outside.txt'],
  ])('is refused or not found: %s', async (path) => {
    const outer = folder({
      ...{ 'www/a.txt': 'inside', 'www/a/b.txt': 'inside', 'outside.txt': 'secret' },
      ...{ 'www/.env': 'secret', 'www/.git/config': 'secret', 'www/a/.hidden.txt': 'secret' },
    });
    const root = join(outer, 'www');
    symlinkSync(join(outer, 'outside.txt'), join(root, 'link.txt'));
    symlinkSync(outer, join(root, 'up'));
    const { ask } = await site({}, { root });
    const response = await ask(path);
    expect(response.body.toString()).not.toContain('secret');
    expect([400, 404]).toContain(response.status);
  });

  it('would be seen: the same request finds what lies inside', async () => {
    const { ask } = await site({ 'a.txt': 'inside', 'a/b.txt': 'inside', '.well-known/acme.txt': 'inside' });
    for (const path of ['/a.txt', '/a/%2e%2e/a.txt', '/../a.txt', '/a\\b.txt', '/a%5cb.txt', '/.well-known/acme.txt'])
      expect((await ask(path)).body.toString(), path).toBe('inside');
  });
});
