// A program under measurement: started as the leader of its own process group, so that its children are counted and
// stopped with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const START_LIMIT = 10_000;
const STOP_LIMIT = 5_000;

export interface Command {
  file: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Opens a channel for messages to it (memory/force-collection.ts). */
  channel?: boolean;
}

export class Program {
  readonly #child: ChildProcess;
  readonly #log: string;

  private constructor(child: ChildProcess, log: string) {
    this.#child = child;
    this.#log = log;
  }

  /**
   * Starts it and waits until it accepts connections on 127.0.0.1:`port`.
   * @param log file that takes what it prints
   * @throws Error with the end of what it printed, when it ends or takes longer than ten seconds
   */
  static async start(command: Command, port: number, log: string): Promise<Program> {
    if (await accepts(port)) throw new Error(`port ${port} is in use already`);
    const out = openSync(log, 'a');
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', out, out, ...(command.channel ? ['ipc' as const] : [])],
      env: { ...process.env, ...command.env },
    });
    closeSync(out);
    const failed = once(child, 'error').then(([error]) => error as Error);
    const program = new Program(child, log);
    const killWithUs = () => program.#signal('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    for (const deadline = performance.now() + START_LIMIT; !(await accepts(port)); ) {
      const error = await Promise.race([failed, pause(20)]);
      if (error instanceof Error) throw error;
      if (program.#ended || performance.now() > deadline) {
        await program.stop();
        throw new Error(`${command.file} does not accept connections on port ${port}:\n${program.#lastLines()}`);
      }
    }
    return program;
  }

  /** Process group: the pid of its leader. */
  get group(): number {
    return this.#child.pid!;
  }

  send(message: string): void {
    this.#child.send(message);
  }

  /** SIGTERM to the group, SIGKILL when that is not enough. */
  async stop(): Promise<void> {
    if (this.#child.pid === undefined || this.#ended) return;
    const ended = once(this.#child, 'exit');
    this.#signal('SIGTERM');
    const late = setTimeout(() => this.#signal('SIGKILL'), STOP_LIMIT);
    await ended;
    clearTimeout(late);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal);
    } catch {
      // The whole group has ended.
    }
  }

  #lastLines(): string {
    return readFileSync(this.#log, 'utf8').trim().split('\n').slice(-5).join('\n');
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
