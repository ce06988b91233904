// One process of a deployment: started, waited for until it is ready, ended by its own pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProcessOptions {
  /** What people call it. */
  title: string;
  env?: Readonly<Record<string, string>>;
  /** The line of its stderr that says that it is ready, where it does not say `ready`. */
  ready?: RegExp;
  /** A line of its stderr. */
  onLine?(line: string): void;
  /** It ended, and nobody had asked it to. */
  onLost(process: StartedProcess): void;
}

export class StartedProcess {
  readonly title: string;
  readonly #child: ChildProcess;
  /** Resolves with what ended it. */
  readonly #exited: Promise<string>;
  readonly #urls = new Map<string, string>();
  #isEnding = false;

  private constructor(command: readonly string[], options: ProcessOptions) {
    this.title = options.title;
    const [program, ...rest] = command;
    // A group of its own: Ctrl-C is for us alone, who end the processes in their order.
    this.#child = spawn(program!, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      detached: true,
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    createInterface(this.#child.stderr!).on('line', (line) => options.onLine?.(line));
    process.once('exit', () => this.#child.kill('SIGKILL')); // nothing stays, whatever becomes of us
    void this.#exited.then(() => this.#isEnding || options.onLost(this));
  }

  /** Resolves when it says that it is ready. Rejects with an Error of one line when it ends before that. */
  static async start(command: readonly string[], options: ProcessOptions): Promise<StartedProcess> {
    const complaints: string[] = [];
    const saysReady = Promise.withResolvers<true>();
    const onLine = (line: string): void => {
      if (complaints.length < 5) complaints.push(line);
      if (options.ready?.test(line)) saysReady.resolve(true);
      options.onLine?.(line);
    };
    const started = new StartedProcess(command, { ...options, onLine });
    createInterface(started.#child.stdout!).on('line', (line) => {
      const [word, name, url] = line.split(' ');
      if (word === 'ready') saysReady.resolve(true);
      if (word === 'listening') started.#urls.set(name!, url!);
    });
    const isReady = await Promise.race([saysReady.promise, started.#exited.then(() => false)]);
    if (isReady) return started;
    throw new Error(`${options.title} did not start (${await started.#exited}): ${complaints.join(' ')}`);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get listens(): boolean {
    return this.#urls.size > 0;
  }

  /** Where it listens. */
  url(listener: string): URL {
    const url = this.#urls.get(listener);
    if (url === undefined) throw new Error(`${this.title} has no listener ${listener}`);
    return new URL(url);
  }

  /** Asks it to end, and resolves when it has. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    this.#child.kill('SIGTERM');
    await this.#exited;
  }
}
