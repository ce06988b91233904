// Does memory grow while one side is slow? 2 GiB down to a slow client, 2 GiB up to a slow server.
import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { residentMemory } from '../measure/process-group.ts';
import type { RunningProxy } from '../proxies/running-proxy.ts';
import { startBulkServer } from './bulk-server.ts';
import { Pace } from './pace.ts';

const SAMPLE_INTERVAL = 50;

export interface BulkGrowth {
  /** Bytes of resident memory at the highest, less those before the transfer. */
  download: number;
  upload: number;
}

/** @param bytesPerSecond speed of the slow side; the other side is much faster */
export async function bulkGrowth(proxy: RunningProxy, bytes: number, bytesPerSecond: number): Promise<BulkGrowth> {
  const server = await startBulkServer(bytesPerSecond);
  try {
    return {
      download: await growthDuring(proxy, () => download(proxy.url, bytes, bytesPerSecond)),
      upload: await growthDuring(proxy, () => upload(proxy.url, bytes)),
    };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function growthDuring(proxy: RunningProxy, transfer: () => Promise<void>): Promise<number> {
  const before = residentMemory(proxy.program.group);
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, residentMemory(proxy.program.group));
  }, SAMPLE_INTERVAL);
  await transfer().finally(() => clearInterval(timer));
  return highest - before;
}

async function download(url: string, bytes: number, bytesPerSecond: number): Promise<void> {
  const asked = get(new URL(`/bulk/download?bytes=${bytes}`, url), { agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const pace = new Pace(bytesPerSecond);
  let taken = 0;
  for await (const chunk of response) {
    taken += chunk.length;
    await pace.take(chunk.length);
  }
  expectWhole('download', bytes, taken);
}

async function upload(url: string, bytes: number): Promise<void> {
  const headers = { 'Content-Length': bytes };
  const sending = request(new URL('/bulk/upload', url), { method: 'POST', agent: false, headers });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  const block = Buffer.alloc(1024 * 1024, 'x');
  for (let left = bytes; left > 0; left -= block.length) {
    if (!sending.write(left < block.length ? block.subarray(0, left) : block)) {
      await Promise.race([once(sending, 'drain'), answered]);
    }
  }
  sending.end();
  const [response] = await answered;
  expectWhole('upload', bytes, Number((await response.toArray()).join('')));
}

function expectWhole(what: string, sent: number, arrived: number): void {
  if (arrived !== sent) throw new Error(`${what}: ${arrived} of ${sent} bytes arrived`);
}
