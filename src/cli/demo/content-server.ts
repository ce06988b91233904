// A small server for the demo, with an answer of its own and a switch: POST /demo/down, POST /demo/up.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  status: number;
  text: string;
}

export class ContentServer {
  readonly #name: string;
  readonly #saysHost: boolean;
  readonly #server: Server;
  #up = true;
  #served = 0;

  /**
   * @param name a letter, so that a person can tell the servers apart
   * @param saysHost it has several sites, and tells which one answers
   */
  constructor(name: string, saysHost = false) {
    this.#name = name;
    this.#saysHost = saysHost;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  /**
   * @param port 0: a free one
   * @returns host:port; rejects with an error of one line
   */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
        const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened: ${message}`;
        reject(new Error(`server ${this.#name}: 127.0.0.1:${port} ${why}`));
      });
      this.#server.listen(port, '127.0.0.1', () => {
        resolve(`127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const { status, text } = this.#answer(request);
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  #answer({ method, url, headers }: IncomingMessage): Answer {
    if (method === 'POST' && (url === '/demo/down' || url === '/demo/up')) {
      this.#up = url === '/demo/up';
      return { status: 200, text: `server ${this.#name} is ${this.#up ? 'up' : 'down'}\n` };
    }
    if (!this.#up) return { status: 503, text: `server ${this.#name} is down\n` };
    if (url === '/health') return { status: 200, text: 'ok\n' };
    this.#served++;
    const client = String(headers['x-forwarded-for'] ?? 'nobody we know').replaceAll(/[^\x20-\x7e]/g, '?');
    const what = `${method} ${this.#saysHost ? `http://${headers.host}` : ''}${url}`;
    return { status: 200, text: `server ${this.#name}: answer ${this.#served}, ${what} for ${client}\n` };
  }
}
