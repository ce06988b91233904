// The access log in the W3C extended format, as IIS writes it, so that IIS log tools keep working (CONTRACT 5).
import type { AccessLogConfig } from '../../model/config.ts';
import type { ConnectionRecord } from '../../model/connection-record.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';
import { type ConnectionFieldReader, connectionFieldReader } from './connection-fields.ts';
import type { LineFormat } from './line-format.ts';
import { LogTime } from './log-time.ts';
import { type FieldReader, IIS_DEFAULT_FIELDS, w3cFieldReader } from './w3c-fields.ts';

export class W3cLineFormat implements LineFormat {
  readonly #time = new LogTime();
  readonly #readers: readonly FieldReader[];
  readonly #connectionReaders: readonly ConnectionFieldReader[];

  /**
   * @param fields of w3cFieldNames()
   * @throws RangeError for a name that is no field: `#Fields` must not lie
   */
  constructor(fields: readonly string[]) {
    this.#readers = fields.map((field) => {
      const reader = w3cFieldReader(field);
      if (reader === null) throw new RangeError(`unknown W3C log field ${field}`);
      return reader;
    });
    this.#connectionReaders = fields.map(connectionFieldReader);
  }

  line(ctx: RequestContext, outcome: Outcome): string {
    let line = '';
    for (let i = 0; i < this.#readers.length; i++) {
      if (i > 0) line += ' ';
      line += this.#readers[i]!(ctx, outcome, this.#time);
    }
    return `${line}\n`;
  }

  connectionLine(record: ConnectionRecord): string {
    return `${this.#connectionReaders.map((read) => read(record, this.#time)).join(' ')}\n`;
  }
}

/** The columns of a log: those written, or IIS's own; then one for each request header that the configuration asks for. */
export function w3cFieldNames(config: Pick<AccessLogConfig, 'fields' | 'requestHeaders'>): readonly string[] {
  const fields = config.fields ?? IIS_DEFAULT_FIELDS;
  const extra = config.requestHeaders.map((name) => `cs(${name})`);
  return [...fields, ...extra.filter((field) => !fields.includes(field))];
}

/**
 * The directives at the start of a W3C log file.
 *
 * @param wall when the file was begun, in ms since 1970
 */
export function w3cPreamble(fields: readonly string[], version: string, wall: number): string {
  const time = new LogTime();
  return (
    `#Software: Narrows ${version}\n#Version: 1.0\n` +
    `#Date: ${time.date(wall)} ${time.time(wall)}\n#Fields: ${fields.join(' ')}\n`
  );
}
