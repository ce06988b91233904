// What a deployment consists of: its processes in the order in which they end, and a folder that goes with it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MACHINES, type Machine, type Network } from './network.ts';
import { type ProcessOptions, StartedProcess } from './started-process.ts';

export interface StartOptions extends Omit<ProcessOptions, 'onLost'> {
  /** Where it runs, if there is a network. */
  machine?: Machine;
}

export class Deployment {
  /** Of everything that its processes write. */
  readonly folder = mkdtempSync(join(tmpdir(), 'narrows-example-'));
  /** Take free ports instead of those that the README names. */
  readonly takesFreePorts: boolean;
  /** With machines of its own; null: all of it is on this one. */
  readonly network: Network | null;
  readonly #processes: StartedProcess[] = [];
  #isStopping = false;

  constructor(takesFreePorts: boolean, network: Network | null) {
    this.takesFreePorts = takesFreePorts && network === null; // the machines of a network have all ports
    this.network = network;
  }

  /** An address of the routers. */
  address(port: number): string {
    return this.network === null ? this.ownAddress(port) : `${MACHINES.inside}:${port}`;
  }

  /** One that only the same machine reaches. */
  ownAddress(port: number): string {
    return `127.0.0.1:${this.takesFreePorts ? 0 : port}`;
  }

  /** Starts one more. Rejects with an Error of one line when it does not become ready. */
  async start(command: readonly string[], options: StartOptions): Promise<StartedProcess> {
    const { machine = 'inside' } = options;
    if (this.#isStopping) throw new Error('the deployment is ending');
    const started = new StartedProcess(this.network?.on(machine, command) ?? command, {
      ...options,
      onLost: (lost) => this.say(`${lost.title} (pid ${lost.pid}) has ended`),
    });
    this.#processes.unshift(started); // whoever stands in front ends first
    await started.ready();
    return started;
  }

  /** A sentence for whoever sits in front of it. */
  say(sentence: string): void {
    process.stdout.write(`* ${sentence}\n`);
  }

  /** Ends what was started, the front tier first. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    try {
      for (const started of this.#processes) await started.stop();
    } finally {
      this.network?.remove();
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** What does not end when it is asked to. */
  kill(): void {
    for (const started of this.#processes) started.kill();
  }
}
