// A client that counts. Its policy: so many connections at a time, one request after the other on each, the next only
// after the answer to the one before; a new connection where the answer said `Connection: close`, where `perConnection`
// requests were made, or where the connection is gone. It retries nothing: each request is sent once, under its own id,
// and ends in exactly one of the counts.
import { connect, type Socket } from 'node:net';

export interface Counts {
  /** Whole answers, by status. */
  answered: Map<number, number>;
  /** Answers whose body was not the request's id, though the status was 200. */
  mixedUp: number;
  /** Connections that could not be made. */
  refused: number;
  /** Ids of requests that were sent on a new connection which ended before a byte came back. */
  unansweredFirst: string[];
  /** Ids of requests that were sent on a connection that had served, which ended before a byte came back. */
  unansweredLater: string[];
  /** Ids of requests whose answer broke off. */
  brokenOff: string[];
  /** Ids of requests that were answered. */
  answeredIds: Set<string>;
}

export interface CountingClient {
  readonly counts: Counts;
  /** Resolves when so many more requests have been answered than now. */
  answers(more: number): Promise<void>;
  /** Begins no further request; resolves when all have ended. */
  stop(): Promise<Counts>;
}

export interface ClientOptions {
  connections: number;
  /** Requests on one connection, then it is closed by the client. Absent: no bound. */
  perConnection?: number;
  method?: string;
  headers?: string;
}

/** Sends requests to `url` (`http://host:port`) until it is stopped, or no connection can be made. */
export function countingClient(url: string, options: ClientOptions): CountingClient {
  const { connections, perConnection = Number.POSITIVE_INFINITY, method = 'GET', headers = '' } = options;
  const counts: Counts = {
    answered: new Map(),
    mixedUp: 0,
    refused: 0,
    unansweredFirst: [],
    unansweredLater: [],
    brokenOff: [],
    answeredIds: new Set(),
  };
  const waiting: { atLeast: number; resolve(): void }[] = [];
  let stopped = false;
  let ids = 0;

  const note = (id: string, { status, body }: Answer): void => {
    counts.answered.set(status, (counts.answered.get(status) ?? 0) + 1);
    counts.answeredIds.add(id);
    if (status === 200 && method !== 'HEAD' && body !== id) counts.mixedUp++;
    for (const waiter of waiting.filter(({ atLeast }) => atLeast <= counts.answeredIds.size)) waiter.resolve();
  };

  async function onePlace(): Promise<void> {
    while (!stopped) {
      const socket = await openTo(url).catch(() => null);
      if (socket === null) {
        counts.refused++;
        return;
      }
      await oneConnection(socket);
      socket.destroy();
    }
  }

  async function oneConnection(socket: Socket): Promise<void> {
    const reader = new AnswerReader(socket);
    for (let sent = 0; sent < perConnection && !stopped && !reader.ended; sent++) {
      const id = `id-${ids++}`;
      socket.write(`${method} /${id} HTTP/1.1\r\nHost: shop.test\r\nX-Id: ${id}\r\n${headers}\r\n`);
      const answer = await reader.next(method);
      if (answer === 'nothing') return void (sent === 0 ? counts.unansweredFirst : counts.unansweredLater).push(id);
      if (answer === 'broken') return void counts.brokenOff.push(id);
      note(id, answer);
      if (answer.close) return;
    }
  }

  const places = Promise.all(Array.from({ length: connections }, onePlace));
  return {
    counts,
    answers: (more) => new Promise((resolve) => waiting.push({ atLeast: counts.answeredIds.size + more, resolve })),
    async stop() {
      stopped = true;
      await places;
      return counts;
    },
  };
}

/** A connection to a listener, `http://host:port` or `unix:/path`. @throws the system's error */
export function openTo(url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const place = url.startsWith('unix:') ? { path: url.slice(5) } : placeOf(url);
    const socket = connect({ ...place, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function placeOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

export interface Answer {
  status: number;
  head: string;
  body: string;
  close: boolean;
}

/** Reads answers with a Content-Length from a socket, one after the other. */
export class AnswerReader {
  ended = false;
  readonly #socket: Socket;
  #bytes = '';
  #look: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#bytes += piece.toString('latin1');
      this.#look();
    });
    for (const event of ['end', 'error', 'close']) {
      socket.on(event, () => {
        this.ended = true;
        this.#look();
      });
    }
  }

  /** @returns 'nothing' when the connection ended before a byte of the answer, 'broken' when it ended inside it */
  next(method = 'GET'): Promise<Answer | 'nothing' | 'broken'> {
    return new Promise((resolve) => {
      this.#look = () => {
        const answer = this.#take(method);
        if (answer === null && !this.ended) return;
        this.#look = () => {};
        resolve(answer ?? (this.#bytes === '' ? 'nothing' : 'broken'));
      };
      this.#look();
    });
  }

  get socket(): Socket {
    return this.#socket;
  }

  #take(method: string): Answer | null {
    const headEnd = this.#bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return null;
    const head = this.#bytes.slice(0, headEnd + 2);
    const length = method === 'HEAD' ? 0 : Number(/^content-length: *(\d+)\r$/im.exec(head)?.[1] ?? 0);
    const end = headEnd + 4 + length;
    if (this.#bytes.length < end) return null;
    const body = this.#bytes.slice(headEnd + 4, end);
    this.#bytes = this.#bytes.slice(end);
    return { status: Number(head.slice(9, 12)), head, body, close: /^connection: *close\r$/im.test(head) };
  }
}

/** One request on a connection of its own. @throws Error when no connection can be made, or it is not answered */
export async function ask(url: string, path: string, headers = '', host = 'shop.test'): Promise<Answer> {
  const socket = await openTo(url);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`);
  const answer = await new AnswerReader(socket).next();
  socket.destroy();
  if (typeof answer === 'string') throw new Error(`${url}${path} was not answered: ${answer}`);
  return answer;
}

/** How many answers with this status there were. */
export function countOf(counts: Counts, status: number): number {
  return counts.answered.get(status) ?? 0;
}
