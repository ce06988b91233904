// The command line's router as a real process, started by ./bin/narrows.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EventLog, type LogLine } from './event-log.ts';

/** The command that users start. */
export const NARROWS = fileURLToPath(new URL('../../bin/narrows', import.meta.url));

export class RouterProcess {
  /** Of the configuration and of everything that the router writes; removed by stop(). */
  readonly folder: string;
  readonly file: string;
  readonly child: ChildProcess;
  readonly log = new EventLog();
  /** Lines of stderr that are not JSON. */
  readonly plainLines: string[] = [];
  readonly #urls = new Map<string, string>();
  readonly #exited: Promise<number | null>;

  private constructor(folder: string, file: string, options: readonly string[] = []) {
    this.folder = folder;
    this.file = file;
    this.child = spawn(NARROWS, ['run', '-c', file, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
    createInterface(this.child.stderr!).on('line', (text) => this.#onLogLine(text));
  }

  /** Writes `config` to a file and starts a router with it; resolves when it says `ready`, or has ended. */
  static async start(config: object): Promise<RouterProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
    const file = join(folder, 'narrows.yaml');
    writeFileSync(file, JSON.stringify(config)); // JSON is YAML
    const router = new RouterProcess(folder, file);
    await router.#ready();
    return router;
  }

  /** Starts a router with a file that is there; `options` are further ones of the command. */
  static async startFile(file: string, options: readonly string[]): Promise<RouterProcess> {
    const router = new RouterProcess(mkdtempSync(join(tmpdir(), 'narrows-')), file, options);
    await router.#ready();
    return router;
  }

  /** Those that it says it listens on, the admin API last. */
  get listeners(): { name: string; url: string }[] {
    return [...this.#urls].map(([name, url]) => ({ name, url }));
  }

  url(listener: string): string {
    const url = this.#urls.get(listener);
    if (url === undefined) throw new Error(`the router has no listener ${listener}: ${this.plainLines.join('\n')}`);
    return url;
  }

  write(config: object | string): void {
    writeFileSync(this.file, typeof config === 'string' ? config : JSON.stringify(config));
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The exit code, once the process has ended. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Ends the process, if it runs, and removes its folder. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.#exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  #ready(): Promise<void> {
    return new Promise((resolve) => {
      const lines = createInterface(this.child.stdout!);
      lines.on('line', (line) => {
        const [word, name, url] = line.split(' ');
        if (word === 'listening') this.#urls.set(name!, url!);
        else if (word === 'ready') resolve();
      });
      lines.on('close', resolve);
    });
  }

  #onLogLine(text: string): void {
    if (!text.startsWith('{')) return void this.plainLines.push(text);
    this.log.add(JSON.parse(text) as LogLine);
  }
}
