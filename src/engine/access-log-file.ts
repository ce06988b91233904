// The access log as the router has it: none, or a file that a reload may change for another one.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { LogWriter } from '../control/observe/log-writer.ts';
import type { AccessLogConfig } from '../model/config.ts';
import { w3cFieldNames, w3cPreamble } from '../proxy/outcomes/w3c-line.ts';
import { VERSION } from './version.ts';

/** A log that is open and not in use yet. */
export interface PreparedLog {
  /** Lines go to it from now on. Resolves when the old one has all of its own. */
  commit(): Promise<void>;
  abandon(): Promise<void>;
}

export class AccessLogFile {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #writer: LogWriter | null = null;
  #config = 'null';
  #droppedBefore = 0;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  get droppedLines(): number {
    return this.#droppedBefore + (this.#writer?.droppedLines ?? 0);
  }

  /** Opens the log that `config` names, if it is another one than that in use. @throws the system's error */
  async prepare(config: AccessLogConfig | null): Promise<PreparedLog> {
    const wanted = JSON.stringify(config);
    if (wanted === this.#config) return { commit: async () => {}, abandon: async () => {} };
    const writer = config === null ? null : await this.#open(config);
    return { commit: () => this.#use(writer, wanted), abandon: async () => writer?.close() };
  }

  write(lines: Uint8Array): void {
    this.#writer?.write(lines);
  }

  async reopen(): Promise<void> {
    await this.#writer?.reopen();
  }

  async close(): Promise<void> {
    await this.#use(null, 'null');
  }

  #open(config: AccessLogConfig): Promise<LogWriter> {
    const { path, keep, format } = config;
    const preamble =
      format === 'w3c' ? { preamble: (wall: number) => w3cPreamble(w3cFieldNames(config), VERSION, wall) } : {};
    return LogWriter.open({ path, keep, clock: this.#clock, logger: this.#logger, ...preamble });
  }

  async #use(writer: LogWriter | null, config: string): Promise<void> {
    const old = this.#writer;
    this.#writer = writer;
    this.#config = config;
    this.#droppedBefore += old?.droppedLines ?? 0;
    await old?.close();
  }
}
