// Servers from an HTTP endpoint that answers with a list.
import { type MembershipSourceConfig, MOST_SOURCE_BYTES, type ServerConfig } from '../../model/farm-config.ts';
import type { MembershipSource, ParseServers } from './source.ts';

export class HttpSource implements MembershipSource {
  readonly name: string;
  readonly interval: number;
  readonly #config: Extract<MembershipSourceConfig, { kind: 'http' }>;
  readonly #parse: ParseServers;
  readonly #closed = new AbortController();

  constructor(config: Extract<MembershipSourceConfig, { kind: 'http' }>, parse: ParseServers) {
    const { host, pathname } = new URL(config.url);
    this.#config = config;
    this.#parse = parse;
    this.name = `${host}${pathname}`;
    this.interval = config.interval;
  }

  async read(): Promise<ServerConfig[]> {
    const { url, token, timeout } = this.#config;
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), this.#closed.signal]);
    const headers = { Accept: 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
    const response = await fetch(url, { headers, signal, redirect: 'error' }).catch((error: Error) => {
      throw error.cause instanceof Error ? error.cause : error;
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    return this.#parse(await textOf(response), this.name);
  }

  close(): void {
    this.#closed.abort();
  }
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MOST_SOURCE_BYTES) throw new Error(`the answer has more than ${MOST_SOURCE_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
