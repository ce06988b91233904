// The access log of one worker: formats a line for each request, and for each connection of a virtual server; the lines go to the control thread, which writes them.
import type { AccessLogConfig } from '../../model/config.ts';
import type { ConnectionRecord } from '../../model/connection-record.ts';
import type { OutcomeSink } from '../../model/extensions.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { JsonLineFormat } from './json-line.ts';
import { LineBuffer, type TakeLines } from './line-buffer.ts';
import type { LineFormat } from './line-format.ts';
import { W3cLineFormat, w3cFieldNames } from './w3c-line.ts';

const BUFFER_BYTES = 64 * 1024;

export class AccessLogSink implements OutcomeSink {
  readonly name = 'access-log';
  readonly #format: LineFormat;
  readonly #lines: LineBuffer;

  /** @param flush gets the bytes of whole lines when 64 KiB are full, and at tick(); it may transfer their memory */
  constructor(config: Pick<AccessLogConfig, 'format' | 'fields' | 'requestHeaders'>, flush: TakeLines) {
    this.#format =
      config.format === 'json' ? new JsonLineFormat(config.requestHeaders) : new W3cLineFormat(w3cFieldNames(config));
    this.#lines = new LineBuffer(BUFFER_BYTES, flush);
  }

  record(ctx: RequestContext): void {
    if (ctx.outcome !== null) this.#lines.append(this.#format.line(ctx, ctx.outcome));
  }

  recordConnection(record: ConnectionRecord): void {
    this.#lines.append(this.#format.connectionLine(record));
  }

  /** Hands over what has come so far: to be called every 200 ms, and before the worker ends. */
  tick(): void {
    this.#lines.handOver();
  }
}
