// A data plane in a worker thread, as seen from the control thread: calls become messages, answers become promises.
import { Worker } from 'node:worker_threads';
import type { ConfigProblem } from '../model/config.ts';
import type { FoundName } from '../model/found-name.ts';
import type { FoundHost } from '../model/host-use.ts';
import type { DataPlaneEvents, DataPlanePort, DataPlaneSetup, Revision, SettledListener } from './data-plane-port.ts';
import type { PlaneCall, PlaneMessage, PlaneVerb } from './plane-messages.ts';

/** Heap of one worker, MiB: far above what it needs; buffers are not counted in it (DESIGN 5). */
const HEAP = 1024;

const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './worker-main.ts' : './worker-main.js', import.meta.url);

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The worker did not live to answer a call. */
export class WorkerDied extends Error {
  constructor(reason: string) {
    super(`the worker died: ${reason}`);
  }
}

/**
 * The program's own text may have been given on its command line; the worker's is a file. Otherwise nothing is said: what
 * is inherited may hold V8 flags, which Node takes from a parent and refuses from a caller.
 */
function ownArguments(): { execArgv?: string[] } {
  const fromText = process.execArgv.some((argument) => argument.startsWith('--input-type'));
  return fromText ? { execArgv: [] } : {};
}

export class WorkerThread implements DataPlanePort {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #events: DataPlaneEvents;
  #calls = 0;
  /** Why the thread has ended; null while it runs. */
  #ended: string | null = null;

  /** @param onExit hears once that the thread has ended, and why */
  constructor(setup: DataPlaneSetup, events: DataPlaneEvents, onExit: (reason: string) => void) {
    this.#events = events;
    this.#worker = new Worker(ENTRY, {
      workerData: setup,
      ...ownArguments(),
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
      name: `narrows-${setup.row}`,
    });
    let reason = 'its thread ended';
    this.#worker.on('message', (message: PlaneMessage) => this.#onMessage(message));
    this.#worker.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#worker.on('exit', () => {
      this.#ended = reason;
      for (const pending of this.#pending.values()) pending.reject(new WorkerDied(reason));
      this.#pending.clear();
      onExit(reason);
    });
  }

  prepare(revision: Revision): Promise<ConfigProblem[]> {
    return this.#call('prepare', [revision]);
  }

  commit(addresses: ReadonlyMap<string, readonly string[]>): Promise<void> {
    return this.#call('commit', [addresses]);
  }

  open(listeners: readonly SettledListener[]): Promise<void> {
    return this.#call('open', [listeners]);
  }

  close(keys: readonly string[]): Promise<void> {
    return this.#call('close', [keys]);
  }

  setAddresses(host: string, addresses: readonly string[]): Promise<void> {
    return this.#call('setAddresses', [host, addresses]);
  }

  learnName(host: string, found: FoundName): Promise<void> {
    return this.#call('learnName', [host, found]);
  }

  learnHosts(found: readonly FoundHost[]): Promise<void> {
    return this.#call('learnHosts', [found]);
  }

  cutServer(id: string): Promise<void> {
    return this.#call('cutServer', [id]);
  }

  oldestPinned(): Promise<number> {
    return this.#call('oldestPinned', []);
  }

  stop(): Promise<number> {
    return this.#call('stop', []);
  }

  /** Ends the thread wherever it is. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #call<T>(verb: PlaneVerb, values: unknown[]): Promise<T> {
    if (this.#ended !== null) return Promise.reject(new WorkerDied(this.#ended));
    return new Promise<T>((resolve, reject) => {
      const call = ++this.#calls;
      this.#pending.set(call, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ call, verb, arguments: values } satisfies PlaneCall);
    });
  }

  #onMessage(message: PlaneMessage): void {
    if (message.kind === 'event') {
      (this.#events[message.event] as (...values: unknown[]) => void)(...message.arguments);
      return;
    }
    const pending = this.#pending.get(message.call);
    this.#pending.delete(message.call);
    if (message.kind === 'answer') pending?.resolve(message.value);
    else pending?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
  }
}
