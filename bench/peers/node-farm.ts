// What the two Node peers share: the servers, the affinity cookie, an active health test and counters.
import { createServer, get } from 'node:http';

const COOKIE = 'ARRAffinity';
const HEALTH_INTERVAL = 5_000;

export interface FarmServer {
  readonly url: string;
  readonly cookieValue: string;
  healthy: boolean;
  requests: number;
}

export class NodeFarm {
  readonly servers: readonly FarmServer[] = [
    { url: 'http://127.0.0.1:28001', cookieValue: 'a', healthy: true, requests: 0 },
    { url: 'http://127.0.0.1:28002', cookieValue: 'b', healthy: true, requests: 0 },
  ];
  #next = 0;

  /** The server that the cookie names while it is healthy, else the next one in turn. */
  pick(cookieHeader: string | undefined): { server: FarmServer; setCookie: string | null } {
    const value = cookieHeader === undefined ? undefined : /(?:^|; )ARRAffinity=([^;]*)/.exec(cookieHeader)?.[1];
    const bound = this.servers.find((server) => server.cookieValue === value && server.healthy);
    const server = bound ?? this.#inTurn();
    server.requests++;
    return { server, setCookie: bound ? null : `${COOKIE}=${server.cookieValue}; Path=/; HttpOnly` };
  }

  startHealthTests(): void {
    setInterval(() => {
      for (const server of this.servers) {
        const probe = get(`${server.url}/health`, (response) => {
          server.healthy = response.statusCode === 200;
          response.resume();
        });
        probe.on('error', () => {
          server.healthy = false;
        });
      }
    }, HEALTH_INTERVAL);
  }

  serveMetrics(port: number): void {
    createServer((_, response) => {
      const lines = this.servers.map((server) => `requests_total{server="${server.url}"} ${server.requests}\n`);
      response.end(lines.join(''));
    }).listen(port, '127.0.0.1');
  }

  #inTurn(): FarmServer {
    const healthy = this.servers.filter((server) => server.healthy);
    const pool = healthy.length > 0 ? healthy : this.servers;
    return pool[this.#next++ % pool.length]!;
  }
}
