// A log that tests wait for.
import type { LogFacts, Logger } from '../../src/base/logger.ts';

export interface LogLine {
  level: string;
  event?: string;
  msg: string;
  [fact: string]: unknown;
}

export class EventLog implements Logger {
  readonly lines: LogLine[] = [];
  readonly #watchers = new Set<() => void>();

  debug(facts: LogFacts, msg: string): void {
    this.add({ ...facts, level: 'debug', msg });
  }
  info(facts: LogFacts, msg: string): void {
    this.add({ ...facts, level: 'info', msg });
  }
  warn(facts: LogFacts, msg: string): void {
    this.add({ ...facts, level: 'warn', msg });
  }
  error(facts: LogFacts, msg: string): void {
    this.add({ ...facts, level: 'error', msg });
  }

  add(line: LogLine): void {
    this.lines.push(line);
    for (const look of [...this.#watchers]) look();
  }

  all(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** The line with this event that comes next. */
  next(event: string): Promise<LogLine> {
    return this.nth(event, this.all(event).length);
  }

  /** The line number `index`, from 0, of all with this event, whether it has come or is to come. */
  nth(event: string, index: number): Promise<LogLine> {
    return new Promise((resolve) => {
      const look = (): void => {
        const line = this.all(event)[index];
        if (line === undefined) return;
        this.#watchers.delete(look);
        resolve(line);
      };
      this.#watchers.add(look);
      look();
    });
  }
}
