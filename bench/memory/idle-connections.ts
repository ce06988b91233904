// What an idle keep-alive connection costs in resident memory.
import { connect, type Socket } from 'node:net';
import { drive, type Load } from '../load/drive.ts';
import type { RunningProxy } from '../proxies/running-proxy.ts';
import { settledMemory } from './settled-memory.ts';

const WARM_UP: Load = { connections: 64, size: 'small', heads: 'plain', connection: 'keep' };
const WARM_UP_SECONDS = 3;
/** Connections that are opened at the same time. */
const AT_ONCE = 100;

/**
 * Bytes for each of `count` connections that have had one request each.
 * @param collect forces a garbage collection, where the proxy has one
 */
export async function idleConnectionCost(proxy: RunningProxy, count: number, collect: () => void): Promise<number> {
  await drive(proxy.url, WARM_UP, WARM_UP_SECONDS, proxy.cookies);
  const before = await settledMemory(proxy, collect);
  const sockets: Socket[] = [];
  try {
    while (sockets.length < count) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => openAndAsk(proxy.url));
      sockets.push(...(await Promise.all(some)));
    }
    return ((await settledMemory(proxy, collect)) - before) / count;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** A connection with one request behind it. */
function openAndAsk(url: string): Promise<Socket> {
  const { port, hostname, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${url} closed an idle connection`)));
    // A small response is one segment: its first bytes are all of it.
    socket.once('data', () => resolve(socket));
    socket.write(`GET /shop/small/idle HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  });
}
