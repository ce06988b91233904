// Clients that open a connection for each request, and retry nothing.
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';

export interface Visit {
  /** A number that grows: which of two began first. */
  order: number;
  /** The address that the client has. */
  client: string;
  /** Header X-Router; '' where the request failed. */
  router: string;
  /** Null: answered with 200. */
  failure: string | null;
  body: string;
}

export interface VisitOptions {
  /** host:port. */
  address: string;
  host: string;
  path?: string;
  /** Its own address. */
  client: string;
  /** File of the authority, for TLS. */
  authority?: string | undefined;
}

let order = 0;

/** One request on a connection of its own. */
export function visit({ address, host, path = '/', client, authority }: VisitOptions): Promise<Visit> {
  const [name, port] = address.split(':');
  const common = { host: name, port, path, localAddress: client, agent: false as const, headers: { host } };
  const made: Visit = { order: order++, client, router: '', failure: null, body: '' };
  return new Promise((resolve) => {
    const fail = (why: string): void => resolve({ ...made, router: '', failure: why });
    const take = (response: IncomingMessage): void => {
      made.router = String(response.headers['x-router'] ?? '');
      response.setEncoding('utf8').on('data', (piece: string) => (made.body += piece));
      response.on('error', (error) => fail(error.message));
      response.on('end', () => (response.statusCode === 200 ? resolve(made) : fail(`status ${response.statusCode}`)));
    };
    const sent: ClientRequest =
      authority === undefined
        ? request(common, take)
        : secureRequest({ ...common, servername: host, ca: readFileSync(authority) }, take);
    sent.on('error', (error) => fail(error.message)).end();
  });
}

export interface Load {
  readonly visits: readonly Visit[];
  /** The number that the next request will have. */
  mark(): number;
  stop(): Promise<void>;
}

/** A client for each of `options`, which sends one request after the other. */
export function load(options: readonly VisitOptions[]): Load {
  const visits: Visit[] = [];
  let isOver = false;
  const clients = options.map(async (each) => {
    while (!isOver) visits.push(await visit(each));
  });
  return {
    visits,
    mark: () => order,
    async stop() {
      isOver = true;
      await Promise.all(clients);
    },
  };
}
