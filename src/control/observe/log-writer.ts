// The access log on disk: writes the bytes that workers hand over, rolls over by its path, reopens on request. When
// the disk is slower than the traffic, lines are dropped and counted; nobody waits for a log.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { DroppedLines } from './dropped-lines.ts';
import { LogFile } from './log-file.ts';
import { expandPath } from './path-template.ts';
import { removeOldLogs } from './remove-old-logs.ts';

const HOUR = 3_600_000;
const DEFAULT_BOUND = 16 * 1024 * 1024;

export interface LogWriterOptions {
  /** Absolute path with the placeholders of path-template.ts; '-' is stderr. */
  path: string;
  /** How many files a path with placeholders may leave behind, the current one included; 0 keeps all. */
  keep?: number;
  /** Text at the start of each file, and wherever an existing one is opened again (W3C directives), given the wall time. */
  preamble?: (wall: number) => string;
  /** Bytes that may wait to be written [16 MiB]. */
  bound?: number;
  logger: Logger;
  clock: Clock;
}

export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #dropped: DroppedLines;
  #file!: LogFile;
  /** The path of the present file, and the hour in which that was made out. */
  #path = '';
  #hour = 0;
  #failing = false;
  /** Changes of the file happen one after the other; this is the last of them. */
  #changes: Promise<void> = Promise.resolve();

  private constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#dropped = new DroppedLines(options.path, options.logger, options.clock);
  }

  /** @throws what the system says when the file cannot be opened */
  static async open(options: LogWriterOptions): Promise<LogWriter> {
    const writer = new LogWriter(options);
    writer.#name();
    writer.#file = await writer.#openFile();
    return writer;
  }

  get droppedLines(): number {
    return this.#dropped.total;
  }

  /** @param lines bytes of whole lines; they belong to the writer from then on */
  write(lines: Uint8Array): void {
    if (this.#isOver()) void this.reopen();
    // Until the next file is open the present one takes the lines, so none is lost and none waits.
    this.#file.write(lines);
  }

  /**
   * Opens the file of the present hour anew (somebody moved the file away, or the hour is over). Where that fails the file
   * in use stays, and the log says so. Resolves when the bytes for the old file are all in it.
   */
  reopen(): Promise<void> {
    this.#name();
    this.#changes = this.#changes.then(() => this.#change());
    return this.#changes;
  }

  /** Resolves when everything handed over is written. */
  async close(): Promise<void> {
    await this.#changes;
    await this.#file.end();
  }

  async #change(): Promise<void> {
    if (this.#options.path === '-') return;
    const { path, keep = 0, logger } = this.#options;
    try {
      await this.#file.written(); // it may be the same file that is opened: then its directives come behind these lines
      const next = await this.#openFile();
      const old = this.#file;
      this.#file = next;
      await old.end();
      if (keep > 0) await removeOldLogs(path, this.#path, keep);
    } catch (error) {
      logger.error({ event: 'access-log-reopen-failed', path, error }, 'the access log could not be opened anew');
    }
  }

  async #openFile(): Promise<LogFile> {
    const { preamble, bound = DEFAULT_BOUND, clock } = this.#options;
    const wall = clock.wall();
    const file = await LogFile.open(this.#path, bound, {
      dropped: (lines) => this.#dropped.add(lines),
      failed: (error) => this.#sayFailure(error),
      written: () => {
        this.#failing = false;
      },
    });
    if (preamble !== undefined) file.write(Buffer.from(preamble(wall)));
    return file;
  }

  /** Once for each time of trouble: a full disk fails five times a second. */
  #sayFailure(error: Error): void {
    if (this.#failing) return;
    this.#failing = true;
    const { logger, path } = this.#options;
    logger.error({ event: 'access-log-write-failed', path, error }, 'the access log could not be written');
  }

  /** True when another file's time has come; looked at once an hour. */
  #isOver(): boolean {
    const wall = this.#options.clock.wall();
    const hour = Math.floor(wall / HOUR);
    if (hour === this.#hour) return false;
    this.#hour = hour;
    return expandPath(this.#options.path, wall) !== this.#path;
  }

  #name(): void {
    const wall = this.#options.clock.wall();
    this.#hour = Math.floor(wall / HOUR);
    this.#path = expandPath(this.#options.path, wall);
  }
}
