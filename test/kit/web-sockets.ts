// WebSockets by a library that is not ours, ws, on both ends.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';

export interface WebSocketBackend {
  /** As farms write it. */
  readonly address: string;
  /** Handshakes that were accepted. */
  readonly requests: readonly IncomingMessage[];
  /** Those open now. */
  readonly sockets: ReadonlySet<WebSocket>;
  /** How each that is over was closed, in order. */
  readonly closes: readonly { code: number; reason: string }[];
}

/** Of http or https. */
type HttpServer = ReturnType<typeof createServer>;

/**
 * A server that sends back every message; it ends with the test.
 * @param onSocket does something else with each connection; @param server not listening yet
 */
export async function webSocketBackend(
  onSocket: (socket: WebSocket) => void = echo,
  server: HttpServer = createServer(),
): Promise<WebSocketBackend> {
  const accepting = new WebSocketServer({ server });
  const requests: IncomingMessage[] = [];
  const closes: { code: number; reason: string }[] = [];
  accepting.on('connection', (socket, request) => {
    requests.push(request);
    socket.on('error', () => {});
    socket.on('close', (code, reason) => closes.push({ code, reason: String(reason) }));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of accepting.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, requests, sockets: accepting.clients, closes };
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** A client of `url` (a listener's, http) and `path`, whose handshake has begun; it ends with the test. */
function webSocket(url: string, path = '/', options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, options);
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  return socket;
}

/** As webSocket(), once it is open. */
export async function openWebSocket(url: string, path = '/', options: ClientOptions = {}): Promise<WebSocket> {
  const socket = webSocket(url, path, options);
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

/** The next message, as text. */
async function nextMessage(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, 'message');
  return String(data);
}

/** Sends `text` and waits for what comes back. */
export function echoed(socket: WebSocket, text: string): Promise<string> {
  const answer = nextMessage(socket);
  socket.send(text);
  return answer;
}

/** How it was closed. */
export async function closed(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(socket, 'close');
  return { code, reason: String(reason) };
}
