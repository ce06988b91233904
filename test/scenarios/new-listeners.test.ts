// Clients that find a listener open before the reload that brings it is in force everywhere: they are served all the same.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { router } from '../kit/router.ts';

const CLIENTS = 6;
const RELOADS = 8;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Connects until that succeeds, then asks. @returns the status, or how the connection ended */
function firstAnswer(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let said = '';
    socket.on('connect', () => socket.write(get()));
    socket.on('data', (piece) => {
      said += piece;
      socket.destroy();
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') resolve(firstAnswer(port));
      else said = String(code);
    });
    socket.on('close', () => said === '' || resolve(said.slice(0, 12)));
  });
}

describe.each([0, 2])('a listener that a reload adds, with %i workers', (workers) => {
  const kinds: Record<string, object> = { http: {}, tcp: { protocol: 'tcp', farm: 'shop' } };
  it.each(Object.keys(kinds))('serves whoever comes before the reload is done: %s', async (kind) => {
    const server = await backend();
    const base = { farms: { shop: { servers: [server.address] } } };
    const web = { address: '127.0.0.1:0' };
    const running = await router({ ...base, listeners: { web } }, { workers });
    const answers: string[] = [];
    for (let reload = 0; reload < RELOADS; reload++) {
      const port = await freePort();
      const clients = Array.from({ length: CLIENTS }, () => firstAnswer(port));
      await running.router.reload({
        ...base,
        listeners: { web, more: { address: `127.0.0.1:${port}`, ...kinds[kind] } },
      });
      answers.push(...(await Promise.all(clients)));
    }
    expect(answers).toEqual(Array.from({ length: CLIENTS * RELOADS }, () => 'HTTP/1.1 200'));
    expect(running.log.filter(({ facts }) => facts.event === 'worker-died')).toEqual([]);
  });
});
