// A pattern that may be slow (docs/decisions/0005): run as it is on short text, and under a time limit on longer. Only node:vm can
// interrupt a running regular expression; that costs about 0.1 ms, so it is for the few patterns that need it.
import { type Context, constants, createContext, Script } from 'node:vm';
import type { Captures, Pattern } from './pattern.ts';

/** The match took too long. */
export class PatternTimeout extends Error {
  constructor(limit: number) {
    super(`a pattern took more than ${limit} ms`);
  }
}

interface Job {
  pattern: Pattern | null;
  input: string;
  captures: Captures | null;
}

export class TimeLimited implements Pattern {
  readonly groups: number;
  readonly #pattern: Pattern;
  readonly #directUpTo: number;
  readonly #limit: number;

  /**
   * @param directUpTo length of text up to which there is nothing to fear
   * @param limit ms
   */
  constructor(pattern: Pattern, directUpTo: number, limit: number) {
    this.groups = pattern.groups;
    this.#pattern = pattern;
    this.#directUpTo = directUpTo;
    this.#limit = limit;
  }

  /** @throws PatternTimeout */
  test(input: string): boolean {
    return input.length <= this.#directUpTo ? this.#pattern.test(input) : this.exec(input) !== null;
  }

  /** @throws PatternTimeout */
  exec(input: string): Captures | null {
    if (input.length <= this.#directUpTo) return this.#pattern.exec(input);
    room ??= new Room();
    return room.exec(this.#pattern, input, this.#limit);
  }
}

const MOST_ATTEMPTS = 3;

/** Of this thread; made when it is needed. */
let room: Room | undefined;

/** A place where code can be stopped. */
class Room {
  readonly #job: Job = { pattern: null, input: '', captures: null };
  readonly #context: Context;
  readonly #script = new Script('job.captures = job.pattern.exec(job.input)');

  constructor() {
    this.#context = createContext(constants.DONT_CONTEXTIFY);
    this.#context.job = this.#job;
  }

  /** @throws PatternTimeout */
  exec(pattern: Pattern, input: string, limit: number): Captures | null {
    const job = this.#job;
    job.pattern = pattern;
    job.input = input;
    try {
      for (let attempt = 1; ; attempt++) {
        const before = process.threadCpuUsage();
        if (this.#ran(limit)) return job.captures;
        // The limit is by the clock on the wall: where others had the processor meanwhile, the pattern is not to blame.
        const { user, system } = process.threadCpuUsage(before);
        if (attempt === MOST_ATTEMPTS || user + system > (limit * 1000) / 2) throw new PatternTimeout(limit);
      }
    } finally {
      job.pattern = null;
      job.input = '';
      job.captures = null;
    }
  }

  /** Whether the job was done before its time was up. */
  #ran(limit: number): boolean {
    try {
      this.#script.runInContext(this.#context, { timeout: limit });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
      throw error;
    }
  }
}
