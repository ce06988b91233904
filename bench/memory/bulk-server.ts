// The server behind /bulk/: it sends and takes any amount, taking it slowly.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Pace } from './pace.ts';

const PORT = 28003;

/** GET /download?bytes=N sends N bytes as fast as they are taken; POST /upload reads its body at `bytesPerSecond`. */
export async function startBulkServer(bytesPerSecond: number): Promise<Server> {
  const server = createServer((request, response) => {
    const handle = request.method === 'POST' ? takeUpload(request, response, bytesPerSecond) : send(request, response);
    // The other side went: the transfer that waits for it fails by itself.
    handle.catch(() => response.destroy());
  });
  server.requestTimeout = 0;
  await once(server.listen(PORT, '127.0.0.1'), 'listening');
  return server;
}

async function takeUpload(request: IncomingMessage, response: ServerResponse, bytesPerSecond: number): Promise<void> {
  const pace = new Pace(bytesPerSecond);
  let taken = 0;
  for await (const chunk of request) {
    taken += chunk.length;
    await pace.take(chunk.length);
  }
  response.end(String(taken));
}

async function send(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = Number(new URL(request.url!, 'http://bulk').searchParams.get('bytes'));
  const block = Buffer.alloc(1024 * 1024, 'x');
  response.setHeader('Content-Length', bytes);
  for (let left = bytes; left > 0; left -= block.length) {
    if (!response.write(left < block.length ? block.subarray(0, left) : block)) await once(response, 'drain');
  }
  response.end();
}
