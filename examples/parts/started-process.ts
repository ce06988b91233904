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
  readonly #saysReady = Promise.withResolvers<true>();
  /** The first lines of its stderr. */
  readonly #complaints: string[] = [];
  readonly #urls = new Map<string, string>();
  #isEnding = false;

  constructor(command: readonly string[], options: ProcessOptions) {
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
    createInterface(this.#child.stderr!).on('line', (line) => {
      if (this.#complaints.length < 5) this.#complaints.push(line);
      if (options.ready?.test(line)) this.#saysReady.resolve(true);
      options.onLine?.(line);
    });
    createInterface(this.#child.stdout!).on('line', (line) => this.#onOutput(line));
    process.once('exit', () => this.kill()); // nothing stays, whatever becomes of us
    void this.#exited.then(() => this.#isEnding || options.onLost(this));
  }

  /** Resolves when it says that it is ready. Rejects with an Error of one line when it ends before that. */
  async ready(): Promise<void> {
    const isReady = await Promise.race([this.#saysReady.promise, this.#exited.then(() => false)]);
    if (!isReady) throw new Error(`${this.title} did not start (${await this.#exited}): ${this.#complaints.join(' ')}`);
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
    this.#child.kill('SIGCONT'); // one that was stopped to see what happens does not hear the other signal
    await this.#exited;
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #onOutput(line: string): void {
    const [word, name, url] = line.split(' ');
    if (word === 'ready') this.#saysReady.resolve(true);
    if (word === 'listening') this.#urls.set(name!, url!);
  }
}
