import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Backend, backend, ok } from '../kit/backend.ts';
import { chunk, get } from '../kit/client.ts';
import { settled } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { type RunningRouter, shop } from '../kit/router.ts';

const PROXY_ERROR = new URL('../../src/model/proxy-error.ts', import.meta.url).href;

/** A stage whose transform makes ASCII letters upper-case, at once or a turn later, and fails where the body holds `!`. */
const SHOUTING = `
import { ProxyError } from '${PROXY_ERROR}';
class Shout {
  full = false;
  #later; #out; #pending = 0; #paused = false; #ended = false; #dead = false;
  constructor(later) { this.#later = later; }
  begin(out) { this.#out = out; }
  write(buffer, start, end) {
    const text = Buffer.from(buffer.toString('latin1', start, end).toUpperCase(), 'latin1');
    if (!this.#later) return this.#give(text);
    this.#pending++;
    this.full = true;
    setImmediate(() => this.#later1(text));
  }
  #later1(text) {
    if (this.#dead) return;
    this.#give(text);
    if (this.#dead || --this.#pending > 0) return;
    this.full = this.#paused;
    if (this.#ended) this.#out.done();
    else if (!this.full) this.#out.ready();
  }
  #give(bytes) {
    if (bytes.includes('?')) throw new ProxyError('payloadTooLarge', 'thrown');
    if (bytes.includes('!')) return this.#out.fail(new ProxyError('outboundRuleFailed', 'no shouting'));
    this.#out.write(bytes, 0, bytes.length);
  }
  end() { this.#ended = true; if (this.#pending === 0) this.#out.done(); }
  pause() { this.#paused = true; this.full = true; }
  resume() { this.#paused = false; this.full = this.#pending > 0; }
  destroy() { this.#dead = true; }
}
export default { kind: 'stage', name: 'shout', create: () => ({
  onResponseHead(ctx, response) {
    if (response.hasWholeBody) response.rewriteBody(new Shout(ctx.inbound.path.startsWith('/later')));
  },
}) };`;

async function shouting(server: Backend): Promise<RunningRouter> {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-transform-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'shout.ts'), SHOUTING);
  return shop([server], {}, { extensions: [pathToFileURL(join(folder, 'shout.ts')).href] });
}

/** The head of a chunked response, and its first chunk. */
const BEGUN = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('fine')}`;

describe.each(['/now', '/later'])('a body that a stage changes (%s)', (path) => {
  it('goes out in chunks of its own, without what the head said of the bytes before', async () => {
    const fields = 'ETag: "one"\r\nAccept-Ranges: bytes\r\nContent-MD5: x\r\nX-Other: kept\r\n';
    const { connect } = await shouting(await backend(() => ok('a body', fields)));
    const peer = await connect();
    const first = await peer.send(get(path)).response();
    expect(first.body.toString()).toBe('A BODY');
    expect([first.framing, fieldOf(first, 'content-length'), fieldOf(first, 'accept-ranges')]).toEqual([
      'chunked',
      undefined,
      undefined,
    ]);
    expect([fieldOf(first, 'etag'), fieldOf(first, 'content-md5'), fieldOf(first, 'x-other')]).toEqual([
      'W/"one"',
      undefined,
      'kept',
    ]);
    expect((await peer.send(get(path)).response()).body.toString()).toBe('A BODY');
  });

  it('keeps its trailers, and ends with the connection for an HTTP/1.0 client', async () => {
    const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('some ')}${chunk('parts')}0\r\nX-Sum: 1\r\nRepr-Digest: x\r\n\r\n`;
    const { connect } = await shouting(await backend(() => chunked));
    const response = await (await connect()).send(get(path)).response();
    expect([response.body.toString(), response.trailers]).toEqual(['SOME PARTS', [['X-Sum', '1']]]);
    const old = await connect();
    const whole = await old.send(`GET ${path} HTTP/1.0\r\nHost: shop.example\r\n\r\n`).response();
    expect([whole.body.toString(), whole.framing]).toEqual(['SOME PARTS', 'close']);
  });

  it('is left alone where there is none, or only a part of one', async () => {
    const server = await backend(({ startLine, fields }) => {
      if (startLine.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: "one"\r\n\r\n';
      if (fieldOf({ fields }, 'range') !== undefined)
        return 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/6\r\nContent-Length: 2\r\n\r\na ';
      return 'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n';
    });
    const { connect } = await shouting(server);
    const peer = await connect();
    const head = await peer.send(`HEAD ${path} HTTP/1.1\r\nHost: shop.example\r\n\r\n`).response('HEAD');
    expect([fieldOf(head, 'content-length'), fieldOf(head, 'etag')]).toEqual([undefined, 'W/"one"']);
    const part = await peer.send(get(path, 'Range: bytes=0-1\r\n')).response();
    expect([part.status, fieldOf(part, 'content-length'), part.body.toString()]).toEqual([206, '2', 'a ']);
    expect((await peer.send(get(path)).response()).status).toBe(304);
  });

  it('that cannot be changed is answered with 500.52 while its head waits, and breaks off after that', async () => {
    const server = await backend(({ startLine }) => (startLine.includes('?') ? ok('no!') : BEGUN));
    const { connect } = await shouting(server);
    const failed = await (await connect()).send(get(`${path}?`)).response();
    expect([failed.status, fieldOf(failed, 'proxy-status')]).toEqual([500, expect.stringContaining('500.52')]);
    const peer = await connect();
    peer.send(get(path));
    await peer.receives('FINE');
    server.connections[0]!.send(chunk('no!'));
    expect(await peer.closed()).toBe('reset');
    expect(peer.text).not.toContain('NO!');
  });

  it('is what the transform throws, and costs that request alone', async () => {
    if (path === '/later') return; // what it throws in a turn of its own is nobody's
    const server = await backend(({ startLine }) => ok(startLine.includes('bad') ? 'why?' : 'fine'));
    const { connect } = await shouting(server);
    expect((await (await connect()).send(get(`${path}?bad`)).response()).status).toBe(413);
    expect((await (await connect()).send(get(path)).response()).body.toString()).toBe('FINE');
  });

  it('breaks off where the server does', async () => {
    const server = await backend(() => BEGUN);
    const { connect } = await shouting(server);
    const peer = await connect();
    peer.send(get(path));
    await peer.receives('FINE');
    server.connections[0]!.reset();
    expect(await peer.closed()).toBe('reset');
  });

  it('ends its connection to the server when the client leaves', async () => {
    const server = await backend(() => BEGUN);
    const { connect } = await shouting(server);
    const peer = await connect();
    peer.send(get(path));
    await peer.receives('FINE');
    peer.reset();
    await server.connections[0]!.closed();
  });

  it('stops the server for a client that does not read, and comes whole in the end', async () => {
    const body = Buffer.from(Array.from({ length: 1024 * 1024 }, (_, at) => `${at} abc;`).join(''));
    const server = await backend(() => undefined);
    const { connect } = await shouting(server);
    const peer = await connect();
    peer.send(get(path, 'Connection: close\r\n'));
    const { connection } = await server.request(0);
    peer.socket.pause();
    connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`).send(body);
    await settled(() => connection.socket.writableLength);
    expect(connection.socket.writableLength).toBeGreaterThan(1024 * 1024);
    peer.socket.resume();
    await peer.closed();
    const response = await peer.response();
    expect(response.complete).toBe(true);
    expect(response.body.equals(Buffer.from(body.toString().toUpperCase()))).toBe(true);
  });
});
