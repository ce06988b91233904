// A server that answers each request with its id, and remembers which ids reached it. It can be killed and come back
// on the same port.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface CountingServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** How often each id reached this server. */
  readonly seen: Map<string, number>;
  /** Requests that came, health probes left out. */
  readonly count: number;
  /** Connections that were opened to it. */
  readonly connections: number;
  /** Closes the port and cuts every connection. */
  kill(): Promise<void>;
  /** Listens again on the same port. */
  revive(): Promise<void>;
  /** Holds answers back until release(). */
  hold(): void;
  release(): void;
  /** Resolves when `count` is at least `atLeast`. */
  reached(atLeast: number): Promise<void>;
}

/** @param answer sets status and headers before the id is sent; it may end the response itself */
export async function countingServer(
  name: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void = () => {},
): Promise<CountingServer> {
  const sockets = new Set<Socket>();
  const seen = new Map<string, number>();
  const waiting: { atLeast: number; resolve(): void }[] = [];
  const held: (() => void)[] = [];
  let holding = false;
  let count = 0;
  let connections = 0;
  let server: Server;

  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('X-Server', name);
    answer(request, response);
    if (!response.writableEnded) response.end(request.headers['x-id'] ?? name);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    if (request.url === '/health') return void response.end('ok');
    count++;
    const id = String(request.headers['x-id']);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    for (const waiter of waiting.filter(({ atLeast }) => atLeast <= count)) waiter.resolve();
    if (holding) held.push(() => respond(request, response));
    else respond(request, response);
  };
  const listen = (port: number): Promise<void> => {
    server = createServer({ keepAliveTimeout: 60_000 }, onRequest);
    server.on('connection', (socket) => {
      connections++;
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  };
  await listen(0);
  const { port } = server!.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    seen,
    get count() {
      return count;
    },
    get connections() {
      return connections;
    },
    async kill() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    revive: () => listen(port),
    hold() {
      holding = true;
    },
    release() {
      holding = false;
      for (const go of held.splice(0)) go();
    },
    reached(atLeast) {
      if (count >= atLeast) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ atLeast, resolve }));
    },
  };
}
