// A line of our own access log as JSON (CONTRACT 5): the request that it was written for.
import type { AskedRequest } from '../../model/explain-request.ts';
import { BadLine, type ReplayRecord } from './record.ts';
import { recordUrl } from './record-url.ts';
import { headerOf, UNLOGGED_VARIABLES, wordsFor } from './variable-words.ts';

const REDACTED = '[redacted]';

export class AccessLogLines {
  /** Headers that the log has, lower-case: by its configuration, or because a line had one. */
  readonly #logged: Set<string>;

  constructor(loggedHeaders: readonly string[]) {
    this.#logged = new Set(['host', 'user-agent', 'referer', ...loggedHeaders]);
  }

  /** @throws BadLine */
  read(value: Record<string, unknown>, line: number): ReplayRecord {
    const { scheme, host, url, method, client } = value;
    if (scheme !== 'http' && scheme !== 'https') throw new BadLine(`scheme is ${JSON.stringify(scheme)}`);
    if (typeof host !== 'string' || typeof url !== 'string' || typeof method !== 'string')
      throw new BadLine('a line of an access log has host, url and method');
    const headers = requestHeaders(value);
    const redacted = new Set<string>();
    for (const [name, text] of headers) {
      this.#logged.add(name);
      if (text === REDACTED) redacted.add(name);
    }
    const request: AskedRequest = {
      url: recordUrl(scheme, host === '' ? '127.0.0.1' : host, targetOf(url)),
      method,
      headers: headers.filter(([name]) => !redacted.has(name)),
      client: typeof client === 'string' ? client : '127.0.0.1',
    };
    return { line, request, tellsSite: false, lacks: (variable) => this.#lacks(variable, redacted) };
  }

  #lacks(variable: string, redacted: ReadonlySet<string>): string | null {
    if (UNLOGGED_VARIABLES.has(variable)) return wordsFor(variable);
    const header = headerOf(variable);
    return header !== null && (redacted.has(header) || !this.#logged.has(header)) ? wordsFor(variable) : null;
  }
}

/** A request may name its host in the target, as clients of forward proxies do. */
function targetOf(received: string): string {
  const target = /^https?:\/\/[^/?#]*(.*)$/is.exec(received)?.[1] ?? received;
  return target.startsWith('?') || target === '' ? `/${target}` : target;
}

function requestHeaders({ userAgent, referer, requestHeaders: others }: Record<string, unknown>): [string, string][] {
  const logged = typeof others === 'object' && others !== null ? Object.entries(others) : [];
  const all: [string, unknown][] = [['user-agent', userAgent], ['referer', referer], ...logged];
  const once = new Map(all.filter((field): field is [string, string] => typeof field[1] === 'string'));
  once.delete('host'); // the URL says it
  return [...once];
}
