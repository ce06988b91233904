// The columns of a W3C log, by the names of its #Fields line.
import { headerOf, UNLOGGED_VARIABLES, wordsFor } from './variable-words.ts';

const REDACTED = '[redacted]';
const NOTHING: ReadonlySet<string> = new Set();

/** The column that a variable, which is no header, is read from. */
const COLUMN_OF: Readonly<Record<string, string>> = {
  REMOTE_ADDR: 'c-ip',
  REMOTE_HOST: 'c-ip',
  SERVER_PORT: 's-port',
  HTTPS: 's-port',
  SERVER_PORT_SECURE: 's-port',
  REQUEST_METHOD: 'cs-method',
  HTTP_METHOD: 'cs-method',
  QUERY_STRING: 'cs-uri-query',
  REQUEST_URI: 'cs-uri-query',
  UNENCODED_URL: 'cs-uri-query',
  HTTP_URL: 'cs-uri-query',
  CACHE_URL: 'cs-uri-query',
};

export class W3cColumns {
  readonly count: number;
  readonly #at: ReadonlyMap<string, number>;
  /** Columns of request headers, `cs(NAME)`; Host is read from cs-host, or from cs(Host). */
  readonly #headers: readonly { name: string; at: number }[];
  readonly #headerNames: ReadonlySet<string>;

  constructor(names: readonly string[]) {
    this.count = names.length;
    const headers = names.flatMap((column, at) => {
      const name = /^cs\(([^()]+)\)$/i.exec(column)?.[1];
      return name === undefined ? [] : [{ name, at }];
    });
    const host = headers.find(({ name }) => name.toLowerCase() === 'host');
    const columns = new Map(names.map((column, at) => [column.toLowerCase(), at]));
    if (host !== undefined && !columns.has('cs-host')) columns.set('cs-host', host.at);
    this.#at = columns;
    this.#headers = headers.filter(({ name }) => name.toLowerCase() !== 'host');
    this.#headerNames = new Set([
      ...this.#headers.map(({ name }) => name.toLowerCase()),
      ...(columns.has('cs-host') ? ['host'] : []),
    ]);
  }

  /** As it stands in the line; undefined when there is no such column. */
  value(values: readonly string[], column: string): string | undefined {
    const at = this.#at.get(column);
    return at === undefined ? undefined : values[at];
  }

  /** Null where there is no such column, or nothing in it. */
  text(values: readonly string[], column: string): string | null {
    const value = this.value(values, column);
    return value === undefined || value === '-' || value === '' ? null : value;
  }

  number(values: readonly string[], column: string): number | null {
    const text = this.text(values, column);
    return text !== null && /^\d+$/.test(text) ? Number(text) : null;
  }

  /** The headers that the request had, without those that the log hides. */
  headers(values: readonly string[]): [name: string, value: string][] {
    return this.#headers
      .filter(({ at }) => values[at] !== '-' && values[at] !== REDACTED)
      .map(({ name, at }) => [name, values[at]!]);
  }

  /** Names, lower-case, of headers that the request had and the log hides. */
  redactedIn(values: readonly string[]): ReadonlySet<string> {
    const hidden = this.#headers.filter(({ at }) => values[at] === REDACTED);
    return hidden.length === 0 ? NOTHING : new Set(hidden.map(({ name }) => name.toLowerCase()));
  }

  /** See ReplayRecord.lacks(). */
  lacks(variable: string, redacted: ReadonlySet<string>): string | null {
    if (UNLOGGED_VARIABLES.has(variable)) return wordsFor(variable);
    const header = headerOf(variable);
    if (header !== null) return this.#headerNames.has(header) && !redacted.has(header) ? null : wordsFor(variable);
    const column = Object.hasOwn(COLUMN_OF, variable) ? COLUMN_OF[variable]! : null;
    return column === null || this.#at.has(column) ? null : `{${variable}} (field ${column})`;
  }
}
