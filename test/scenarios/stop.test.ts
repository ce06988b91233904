// Stopping: what was begun is answered (CONTRACT 6), and nothing is left behind.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouterProcess } from '../kit/router-process.ts';
import { AnswerReader, ask, countingClient, openTo } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let server: CountingServer;
let router: RouterProcess;

function config(more: object = {}): object {
  return {
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: [server.address] } },
    admin: { address: '127.0.0.1:0' },
    accessLog: { path: 'access.log', requestHeaders: ['X-Id'] },
    workers: 2,
    ...more,
  };
}

async function openRaw(): Promise<{ reader: AnswerReader; send(text: string): void }> {
  const socket = await openTo(router.url('web'));
  return { reader: new AnswerReader(socket), send: (text) => void socket.write(text) };
}

beforeEach(async () => {
  server = await countingServer('a');
});

afterEach(async () => {
  await router.stop();
  await server.kill();
});

describe('SIGTERM under load', () => {
  for (const perConnection of [undefined, 1]) {
    it(`answers every request that was read, ${perConnection === 1 ? 'a connection for each' : 'on connections that stay'}`, async () => {
      router = await RouterProcess.start(config());
      const client = countingClient(router.url('web'), {
        connections: 16,
        ...(perConnection === undefined ? {} : { perConnection }),
      });
      await client.answers(500);
      router.signal('SIGTERM');
      expect(await router.exited).toBe(0);
      const { answered, answeredIds, mixedUp, brokenOff } = await client.stop();
      expect([[...answered.keys()], mixedUp, brokenOff]).toEqual([[200], 0, []]);
      expect(new Set(server.seen.keys())).toEqual(answeredIds);
      // The log has each of them: no line is lost at the end.
      const logged = readFileSync(join(router.folder, 'access.log'), 'utf8').trimEnd().split('\n');
      expect(logged.map((line) => (JSON.parse(line) as { url: string }).url.slice(1)).sort()).toEqual(
        [...answeredIds].sort(),
      );
      expect(router.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    });
  }
});

describe('after SIGTERM', () => {
  it('requests on their way are answered with Connection: close, ready fails, and no connection is taken', async () => {
    router = await RouterProcess.start(config());
    server.hold();
    const { reader, send } = await openRaw();
    send('GET /slow HTTP/1.1\r\nHost: a\r\nX-Id: slow\r\n\r\n');
    await server.reached(1);
    router.signal('SIGTERM');
    const admin = router.url('admin');
    let ready = 200;
    while (ready === 200) ready = (await fetch(`${admin}/api/ready`)).status;
    expect([ready, (await fetch(`${admin}/api/live`)).status]).toEqual([503, 200]);
    let refuses = false;
    while (!refuses) await ask(router.url('web'), '/').catch(() => void (refuses = true));
    server.release();
    expect(await reader.next()).toMatchObject({ status: 200, body: 'slow', close: true });
    expect(await router.exited).toBe(0);
  });

  it('pipelined requests that were read are all answered, the last with Connection: close', async () => {
    router = await RouterProcess.start(config({ workers: 1 }));
    server.hold();
    const { reader, send } = await openRaw();
    send(['one', 'two', 'three'].map((id) => `GET /${id} HTTP/1.1\r\nHost: a\r\nX-Id: ${id}\r\n\r\n`).join(''));
    await server.reached(1);
    router.signal('SIGTERM');
    while ((await fetch(`${router.url('admin')}/api/ready`)).status === 200);
    server.release();
    const answers = [await reader.next(), await reader.next(), await reader.next()];
    expect(answers.map((answer) => (typeof answer === 'string' ? answer : [answer.body, answer.close]))).toEqual([
      ['one', false],
      ['two', false],
      ['three', true],
    ]);
    expect(await router.exited).toBe(0);
  });

  it('a request whose head had begun is read to its end and answered', async () => {
    router = await RouterProcess.start(config({ workers: 1, shutdownIdleGrace: 0 }));
    const { reader, send } = await openRaw();
    send('GET /begun HTTP/1.1\r\nHost: a\r\n');
    // Answered behind it on the same thread: by then the first bytes have been read.
    expect((await ask(router.url('web'), '/')).status).toBe(200);
    router.signal('SIGTERM');
    while ((await fetch(`${router.url('admin')}/api/ready`)).status === 200);
    send('X-Id: begun\r\n\r\n');
    expect(await reader.next()).toMatchObject({ status: 200, body: 'begun', close: true });
    expect(await router.exited).toBe(0);
  });

  it('idle connections are closed after shutdownIdleGrace', async () => {
    router = await RouterProcess.start(config({ shutdownIdleGrace: '50ms' }));
    const { reader, send } = await openRaw();
    send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await reader.next()).toMatchObject({ status: 200, close: false });
    router.signal('SIGTERM');
    expect(await reader.next()).toBe('nothing');
    expect(await router.exited).toBe(0);
  });

  it('what runs past shutdownTimeout is cut and counted', async () => {
    router = await RouterProcess.start(config({ shutdownTimeout: '100ms' }));
    server.hold();
    const held = await Promise.all([openRaw(), openRaw(), openRaw()]);
    for (const { send } of held) send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await server.reached(3);
    const idle = await openRaw();
    const cut = router.log.next('requests-cut');
    router.signal('SIGTERM');
    expect(await cut).toMatchObject({ requests: 3 });
    expect(await Promise.all(held.map(({ reader }) => reader.next()))).toEqual(['nothing', 'nothing', 'nothing']);
    expect(await idle.reader.next()).toBe('nothing');
    expect(await router.exited).toBe(0);
  });

  it('a second signal ends the process at once', async () => {
    router = await RouterProcess.start(config());
    server.hold();
    const { reader, send } = await openRaw();
    send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await server.reached(1);
    router.signal('SIGTERM');
    while ((await fetch(`${router.url('admin')}/api/ready`)).status === 200);
    router.signal('SIGTERM');
    expect(await router.exited).toBe(1);
    expect(await reader.next()).toBe('nothing');
  });

  it('the socket file of a Unix listener is gone', async () => {
    router = await RouterProcess.start(config({ listeners: { web: { address: 'unix:/tmp/narrows-stop.sock' } } }));
    expect(existsSync('/tmp/narrows-stop.sock')).toBe(true);
    router.signal('SIGTERM');
    expect(await router.exited).toBe(0);
    expect(existsSync('/tmp/narrows-stop.sock')).toBe(false);
  });
});

it('a program that starts and stops routers ends by itself', async () => {
  router = await RouterProcess.start(config());
  const script = `
    import { createRouter } from '${new URL('../../src/index.ts', import.meta.url).href}';
    for (const workers of [0, 2]) {
      const router = createRouter({
        listeners: { web: { address: '127.0.0.1:0' } },
        farms: { shop: { servers: ['${server.address}'], healthCheck: { url: '/health' } } },
        admin: { address: '127.0.0.1:0' },
        workers,
      });
      const { listeners } = await router.start();
      const url = (name) => listeners.find((listener) => listener.name === name).url;
      const answers = [await fetch(url('web')), await fetch(url('admin') + '/metrics')];
      for (const answer of answers) await answer.text();
      await router.stop();
      console.log(...answers.map(({ status }) => status));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([code, output]).toEqual([0, '200 200\n200 200\n']);
});
