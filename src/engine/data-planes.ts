// All data planes of a router: starts them, asks all of them the same, and replaces one that died or hangs (DESIGN 2).
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import { SourceRates } from '../l4/source-rates.ts';
import type { ConfigProblem } from '../model/config.ts';
import type { FoundName } from '../model/found-name.ts';
import type { FoundHost } from '../model/host-use.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import { DataPlane } from './data-plane.ts';
import type { DataPlaneEvents, DataPlanePort, Revision, SettledListener } from './data-plane-port.ts';
import type { ProcessGauges } from './process-gauges.ts';
import { WorkerDied, WorkerThread } from './worker-thread.ts';

/** A worker that dies sooner than this after its start is not replaced at once, ms. */
const SHORT_LIFE = 10_000;
const LONGEST_BACK_OFF = 30_000;
/** Looks for a sign of life in one workerStallTimeout. */
const LOOKS = 5;

interface Plane {
  readonly row: number;
  port: DataPlanePort;
  thread: WorkerThread | null;
  startedAt: number;
  restarts: number;
  /** Deaths in a row, each soon after the start. */
  shortLives: number;
  ticks: number;
  /** Monotonic ms of the last sign of life. */
  aliveAt: number;
  ready: boolean;
}

export interface DataPlanesServices {
  readonly table: ServerTableOwner;
  readonly gauges: ProcessGauges;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: DataPlaneEvents;
  /** All known addresses by host name, now. */
  addresses(): ReadonlyMap<string, readonly string[]>;
}

export class DataPlanes {
  readonly #services: DataPlanesServices;
  readonly #planes: Plane[] = [];
  readonly #sourceRates = SourceRates.allocate(systemRandom);
  #revision!: Revision;
  /** Why a worker died, in one line. */
  #lastDeath = '';
  #listeners: SettledListener[] = [];
  #stopWatching: (() => void) | null = null;
  /** No worker is replaced any more. */
  #stopping = false;
  /** A worker that ends was ended by us. */
  #terminated = false;
  /** Reloads and replacements happen one after the other; this is the last of them. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param threads worker threads; 0: one data plane in this thread */
  constructor(threads: number, services: DataPlanesServices) {
    this.#services = services;
    const { clock } = services;
    for (let row = 0; row < Math.max(1, threads); row++) {
      const plane: Plane = {
        row,
        port: undefined as unknown as DataPlanePort,
        thread: null,
        startedAt: clock.wall(),
        restarts: 0,
        shortLives: 0,
        ticks: 0,
        aliveAt: clock.monotonic(),
        ready: false,
      };
      if (threads === 0) plane.port = new DataPlane(this.#setup(row), services.events, clock);
      else this.#startThread(plane);
      this.#planes.push(plane);
    }
  }

  get states(): readonly { id: number; startedAt: number; restarts: number; connections: number }[] {
    return this.#planes.map(({ row, startedAt, restarts }) => ({
      id: row,
      startedAt,
      restarts,
      connections: this.#services.gauges.connections(row),
    }));
  }

  get restarts(): number {
    return this.#planes.reduce((sum, plane) => sum + plane.restarts, 0);
  }

  /** Runs `change` when no other change or replacement is under way. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Compiles `revision` everywhere. @returns what is wrong with it; where one refuses it, its answer stands for all */
  async prepare(revision: Revision): Promise<ConfigProblem[]> {
    const answers = await this.#ask((port) => port.prepare(revision));
    const problems = answers.find((answer) => faultOf(answer) !== undefined) ?? answers[0];
    if (problems === undefined) throw new Error(`no worker is alive: ${this.#lastDeath}`);
    return problems;
  }

  /** The prepared revision is in force everywhere once this resolves. */
  async commit(revision: Revision): Promise<void> {
    this.#revision = revision;
    const addresses = this.#services.addresses();
    await this.#ask(async (port, row) => {
      await port.commit(addresses);
      this.#planes[row]!.ready = true;
    });
    this.#watchOver(revision.config.workerStallTimeout);
  }

  /** Opens these beside those that are open; rejects, with none of them open, when one of them cannot be. */
  async open(listeners: readonly SettledListener[]): Promise<void> {
    try {
      await this.#ask((port, row) => port.open(listeners.filter((listener) => listener.reusePort || row === 0)));
    } catch (error) {
      await this.#ask((port) => port.close(listeners.map((listener) => listener.key)));
      throw error;
    }
    this.#listeners.push(...listeners);
  }

  async close(keys: readonly string[]): Promise<void> {
    this.#listeners = this.#listeners.filter((listener) => !keys.includes(listener.key));
    await this.#ask((port) => port.close(keys));
  }

  /** The name of a server has other addresses; a revision that is committed later brings them itself. */
  async setAddresses(host: string, addresses: readonly string[]): Promise<void> {
    await this.#ask((port) => port.setAddresses(host, addresses));
  }

  /** The answer to onNameWanted(). */
  async learnName(host: string, found: FoundName): Promise<void> {
    await this.#ask((port) => port.learnName(host, found));
  }

  /** The answer to onHostsWanted(), or what changed since. */
  async learnHosts(found: readonly FoundHost[]): Promise<void> {
    await this.#ask((port) => port.learnHosts(found));
  }

  /** Cuts what runs on the server now. */
  async cutServer(id: string): Promise<void> {
    await this.#ask((port) => port.cutServer(id));
  }

  /** Resolves when every data plane has ended the turn of its loop that it is in: what began with shared state from before is counted. */
  async turned(): Promise<void> {
    await this.oldestPinned();
  }

  async oldestPinned(): Promise<number> {
    return Math.min(...(await this.#ask((port) => port.oldestPinned())));
  }

  /** Stops as CONTRACT 6 says; a worker that hangs meanwhile is ended. @returns how many requests were cut */
  async stop(): Promise<number> {
    this.#stopping = true;
    const cut = await this.#ask(async (port, row) => {
      const requests = await port.stop();
      this.#planes[row]!.ready = false; // its signs of life end here
      return requests;
    });
    await this.terminate();
    return cut.reduce((sum, requests) => sum + requests, 0);
  }

  /** Ends everything at once. */
  async terminate(): Promise<void> {
    this.#stopping = true;
    this.#terminated = true;
    this.#stopWatching?.();
    await Promise.all(this.#planes.map((plane) => plane.port.terminate()));
  }

  /** Asks all planes; one that dies meanwhile is left out: its replacement gets what is in force then. */
  async #ask<T>(question: (port: DataPlanePort, row: number) => Promise<T>): Promise<T[]> {
    const asked = this.#planes.map(async (plane) => {
      const { port } = plane;
      try {
        return [await question(port, plane.row)];
      } catch (error) {
        if (plane.port !== port || error instanceof WorkerDied) return [];
        throw error;
      }
    });
    const settled = await Promise.allSettled(asked);
    const failed = settled.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return settled.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  #setup(row: number) {
    const { table, gauges } = this.#services;
    return { row, serverBlocks: table.blocks, gauges: gauges.memory, sourceRates: this.#sourceRates };
  }

  #startThread(plane: Plane): void {
    const { clock, events } = this.#services;
    const thread = new WorkerThread(this.#setup(plane.row), events, (reason) => this.#onExit(plane, thread, reason));
    plane.thread = thread;
    plane.port = thread;
    plane.startedAt = clock.wall();
    plane.aliveAt = clock.monotonic();
    plane.ready = false;
  }

  #onExit(plane: Plane, thread: WorkerThread, reason: string): void {
    if (this.#terminated || plane.thread !== thread) return;
    const { clock, logger, table, gauges } = this.#services;
    this.#lastDeath = reason.split('\n', 1)[0]!;
    const lived = clock.wall() - plane.startedAt;
    const connections = gauges.connections(plane.row);
    table.retireRow(plane.row);
    gauges.retireRow(plane.row);
    plane.ready = false;
    plane.shortLives = lived < SHORT_LIFE ? plane.shortLives + 1 : 0;
    const wait = plane.shortLives === 0 ? 0 : Math.min(LONGEST_BACK_OFF, 100 * 2 ** plane.shortLives);
    logger.error(
      { event: 'worker-died', worker: plane.row, reason, connections, ...(this.#stopping ? {} : { replacedIn: wait }) },
      `worker ${plane.row} died; ${connections} client connections were cut`,
    );
    if (!this.#stopping) clock.after(wait, () => void this.inTurn(() => this.#replace(plane)));
  }

  async #replace(plane: Plane): Promise<void> {
    if (this.#stopping) return;
    const { logger } = this.#services;
    plane.restarts++;
    this.#startThread(plane);
    try {
      const fault = faultOf(await plane.port.prepare(this.#revision));
      if (fault !== undefined) throw new Error(fault.message);
      await plane.port.commit(this.#services.addresses());
      await plane.port.open(this.#listeners.filter((listener) => listener.reusePort || plane.row === 0));
      plane.ready = true;
      logger.info({ event: 'worker-replaced', worker: plane.row }, `worker ${plane.row} was replaced`);
    } catch (error) {
      logger.error({ event: 'worker-not-replaced', worker: plane.row, error }, `worker ${plane.row} could not start`);
      await plane.port.terminate();
    }
  }

  /** A worker without a tick for `timeout` ms hangs: it is ended, and so replaced. */
  #watchOver(timeout: number): void {
    this.#stopWatching?.();
    this.#stopWatching = this.#services.clock.every(timeout / LOOKS, () => {
      for (const plane of this.#planes) this.#look(plane, timeout);
    });
  }

  #look(plane: Plane, timeout: number): void {
    const { clock, gauges, logger } = this.#services;
    const ticks = gauges.ticks(plane.row);
    const now = clock.monotonic();
    if (ticks !== plane.ticks || !plane.ready || plane.thread === null) {
      plane.ticks = ticks;
      plane.aliveAt = now;
      return;
    }
    if (now - plane.aliveAt < timeout) return;
    plane.aliveAt = now;
    logger.error(
      { event: 'worker-hangs', worker: plane.row },
      `worker ${plane.row} hangs (workerStallTimeout): it is ended`,
    );
    void plane.thread.terminate();
  }
}

/** The first error of what a plane found wrong with a revision. */
function faultOf(problems: readonly ConfigProblem[]): ConfigProblem | undefined {
  return problems.find(({ severity }) => severity === 'error');
}
