// A server of raw bytes: records what reaches it, byte for byte, and answers as the test says.
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type Message, parseHead, parseRequest } from './message.ts';
import { WirePeer } from './wire-peer.ts';

/** A request as it reached the server. */
export interface ReceivedRequest extends Message {
  connection: WirePeer;
  /** Place of its connection among all that were opened, from 0. */
  connectionIndex: number;
}

/** Answers a whole request: bytes to send, or nothing when it has seen to the answer itself. */
export type Answer = (request: ReceivedRequest) => string | Buffer | undefined;

export interface BackendOptions {
  /** Called for each connection; when given, requests are not taken apart and `answer` is not called. */
  onConnection?: (connection: WirePeer) => void;
  /** Speaks TLS; connections are those that have passed the handshake. */
  tls?: TlsOptions;
  /** Where to listen [127.0.0.1 and a free port]. */
  listen?: { host: string; port?: number } | { path: string };
}

export interface Backend {
  /** As farms write it. */
  readonly address: string;
  readonly connections: readonly WirePeer[];
  /** Whole requests, in the order in which they were whole. */
  readonly requests: readonly ReceivedRequest[];
  /** Resolves when the connection of this number (from 0) is there. */
  connection(index: number): Promise<WirePeer>;
  /** Resolves when the request of this number (from 0) is whole. */
  request(index: number): Promise<ReceivedRequest>;
  /** Of a server with TLS: whether each connection came with a session that was known. */
  readonly sessionsReused: readonly boolean[];
  /** Sessions from before are not known any more. */
  forgetSessions(): void;
  /** Takes no more connections. */
  close(): Promise<void>;
}

/** 200 with a body of text. @param fields further field lines, each with CRLF */
export function ok(body = 'ok', fields = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body, 'latin1')}\r\n${fields}\r\n${body}`;
}

/** Starts a server that answers every request with `answer`; it ends with the test. */
export async function backend(answer: Answer = () => ok(), options: BackendOptions = {}): Promise<Backend> {
  const connections: WirePeer[] = [];
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const look of [...waiting]) look();
  };
  const sessionsReused: boolean[] = [];
  const carriers = new Map<number, Socket>();
  const onSocket = (socket: Socket): void => {
    if (socket instanceof TLSSocket) sessionsReused.push(socket.isSessionReused());
    const connection = new WirePeer(socket, carriers.get(socket.remotePort!));
    const connectionIndex = connections.push(connection) - 1;
    if (options.onConnection !== undefined) options.onConnection(connection);
    else {
      takeRequests(socket, connection, (message) => {
        const request = { ...message, connection, connectionIndex };
        requests.push(request);
        const bytes = answer(request);
        if (bytes !== undefined) connection.send(bytes);
        changed();
      });
    }
    changed();
  };
  const server =
    options.tls === undefined
      ? createServer({ allowHalfOpen: true }, onSocket)
      : createTlsServer({ allowHalfOpen: true, ...options.tls }, onSocket)
          .on('connection', (carrier: Socket) => void carriers.set(carrier.remotePort!, carrier))
          .on('tlsClientError', () => {});
  const listen = options.listen ?? { host: '127.0.0.1' };
  const place = 'path' in listen ? listen : { port: 0, ...listen };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, resolve);
  });
  const close = (): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));
  onTestFinished(() => {
    for (const { socket } of connections) socket.destroy();
    server.close();
  });
  const eventually = <T>(list: readonly T[], index: number): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (list.length <= index) return;
        waiting.delete(look);
        resolve(list[index]!);
      };
      waiting.add(look);
      look();
    });
  return {
    address: addressOf(server.address(), listen),
    connections,
    requests,
    sessionsReused,
    forgetSessions: () => (server as TlsServer).setTicketKeys(randomBytes(48)),
    connection: (index) => eventually(connections, index),
    request: (index) => eventually(requests, index),
    close,
  };
}

function addressOf(bound: unknown, listen: NonNullable<BackendOptions['listen']>): string {
  if ('path' in listen) return `unix:${listen.path}`;
  const { port } = bound as { port: number };
  return listen.host.includes(':') ? `[${listen.host}]:${port}` : `${listen.host}:${port}`;
}

/** Takes the requests of a connection apart, one after the other. */
function takeRequests(socket: Socket, connection: WirePeer, onRequest: (message: Message) => void): void {
  let taken = 0;
  socket.on('data', () => {
    while (parseHead(connection.bytes, taken) !== null) {
      const message = parseRequest(connection.bytes, taken, false);
      if (message === null) return;
      taken = message.end;
      onRequest(message);
    }
  });
  socket.on('end', () => socket.end());
}
