// One process of a deployment: started, waited for until it is ready, ended by its own pid.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProcessOptions {
  /** What people call it. */
  title: string;
  env?: Readonly<Record<string, string>>;
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

  /** Resolves when it says `ready`. Rejects with an Error of one line when it ends before that. */
  static async start(command: readonly string[], options: ProcessOptions): Promise<StartedProcess> {
    const complaints: string[] = [];
    const onLine = (line: string): void => {
      if (complaints.length < 5) complaints.push(line);
      options.onLine?.(line);
    };
    const started = new StartedProcess(command, { ...options, onLine });
    const lines = createInterface(started.#child.stdout!);
    for await (const line of lines) {
      const [word, name, url] = line.split(' ');
      if (word === 'ready') {
        lines.on('line', () => {}); // it may write on
        return started;
      }
      if (word === 'listening') started.#urls.set(name!, url!);
    }
    throw new Error(`${options.title} did not start (${await started.#exited}): ${complaints.join(' ')}`);
  }

  get pid(): number {
    return this.#child.pid!;
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
