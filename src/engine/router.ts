// A router: the library's one object. It joins the two planes: loads a configuration, starts the data planes with it,
// watches over both, reloads, explains, stops (CONTRACT 7). It installs no signal handler.
import { availableParallelism } from 'node:os';
import type { AdminServer } from '../admin/start-admin.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import { type ConfigWatcher, watchConfig } from '../control/config/watch-config.ts';
import { RequestRates } from '../control/observe/request-rates.ts';
import { affinitySecret } from '../control/state/affinity-secret.ts';
import { claimSlots } from '../control/state/server-slots.ts';
import type { Config } from '../model/config.ts';
import { ConfigError } from '../model/config-error.ts';
import type { ExplainRequest } from '../model/explain-request.ts';
import { ServerTableOwner } from '../model/server-table-owner.ts';
import type { RouterStatus } from '../model/status.ts';
import { type AdminSource, openAdmin } from './admin-port.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import type { OpenListener, Revision } from './data-plane-port.ts';
import { DataPlanes } from './data-planes.ts';
import { type Explanation, explainRequest } from './explain.ts';
import { LiveState } from './live-state.ts';
import { type CheckedConfig, loadChecked } from './load-revision.ts';
import { ProcessGauges } from './process-gauges.ts';
import { farmsLosingMost, fixedKeysChanged } from './reload-guard.ts';
import { type ConfigInput, type RouterOptions, silentLogger } from './router-options.ts';
import { farmStatuses, requestTotals, serverNumbers } from './router-status.ts';
import { ListenError, listenerKey, listenerUrl, settleListener } from './settle-listeners.ts';
import { VERSION } from './version.ts';

/** How often it is looked whether requests still run on an older configuration, ms. */
const UNPINNED_LOOK = 1000;

export interface OpenedListener {
  name: string;
  /** With the real address and port. */
  url: string;
}

/** Everything that exists while a router runs. */
interface Running {
  threads: number;
  table: ServerTableOwner;
  gauges: ProcessGauges;
  planes: DataPlanes;
  live: LiveState;
  rates: RequestRates;
  checked: CheckedConfig;
  revision: Revision;
  listeners: OpenListener[];
  secret: string;
  tieSeed: number;
  startedAt: number;
  loadedAt: number;
  admin: AdminServer | null;
  watcher: ConfigWatcher | null;
  cancelRecycling: () => void;
}

export class Router {
  readonly #options: RouterOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #input: ConfigInput;
  #running: Running | null = null;
  #phase: 'new' | 'starting' | 'ready' | 'stopping' | 'stopped' = 'new';
  #lastError: { at: string; message: string } | null = null;
  #reloads = { succeeded: 0, failed: 0 };

  constructor(input: ConfigInput, options: RouterOptions = {}) {
    this.#input = input;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * Opens everything. On failure nothing stays open.
   * @throws ConfigError; ListenError when an address cannot be had
   */
  async start(): Promise<{ listeners: OpenedListener[] }> {
    if (this.#phase !== 'new') throw new Error('a router starts once');
    this.#phase = 'starting';
    const checked = await loadChecked(this.#input, this.#options, this.#clock);
    this.#logWarnings(checked);
    const running = await this.#create(checked);
    this.#running = running;
    try {
      await this.#launch(running);
    } catch (error) {
      await this.#dispose(running);
      throw error;
    }
    this.#phase = 'ready';
    return { listeners: this.#openedListeners(running) };
  }

  async #create(checked: CheckedConfig): Promise<Running> {
    const { config } = checked;
    const threads = this.#options.workers ?? (config.workers === 'auto' ? availableParallelism() : config.workers);
    const listeners = await this.#settle(servedListeners(config), threads);
    const rows = Math.max(1, threads);
    const table = ServerTableOwner.create(rows);
    const gauges = ProcessGauges.create(rows);
    const services = { clock: this.#clock, logger: this.#logger };
    const live = new LiveState(config, {
      ...services,
      table,
      onAddresses: (host, addresses) => void this.#running?.planes.setAddresses(host, addresses),
    });
    const planes = new DataPlanes(threads, { ...services, table, gauges, events: this.#planeEvents(live) });
    const secret = affinitySecret(config.stateDirectory, (message) =>
      this.#logger.warn({ event: 'affinity-secret' }, message),
    );
    const now = this.#clock.wall();
    const tieSeed = Math.floor(systemRandom.next() * 2 ** 31);
    const revision = await this.#revise(1, config, { table, live, secret, tieSeed });
    const rates = new RequestRates(() => requestTotals(this.#running?.checked.config ?? config, table), this.#clock);
    const cancelRecycling = (): void => {};
    return {
      ...{ threads, table, gauges, planes, live, rates, checked, revision, listeners, secret, tieSeed },
      ...{ startedAt: now, loadedAt: now, admin: null, watcher: null, cancelRecycling },
    };
  }

  async #launch(running: Running): Promise<void> {
    const { planes, live, revision, listeners, checked } = running;
    const { config } = checked;
    await live.openLog(config.accessLog);
    await planes.prepare(revision);
    await planes.commit(revision);
    await planes.open(listeners);
    live.health.apply(config.farms);
    if (config.admin.enabled) running.admin = await openAdmin(config.admin, this.#adminSource(running));
    if ((this.#options.watch ?? config.watch) && checked.files.length > 0) {
      running.watcher = watchConfig(checked.files, {
        clock: this.#clock,
        onChange: () => void this.#reloadByWatcher(),
      });
    }
  }

  /**
   * Takes up the configuration anew, or another one; all of it or nothing.
   * @param input the configuration from now on; absent: the same file or object again
   * @throws ConfigError, ListenError: the running configuration stays
   */
  async reload(input?: ConfigInput): Promise<void> {
    await this.#reload(input ?? this.#input, false);
  }

  async #reloadByWatcher(): Promise<void> {
    await this.#reload(this.#input, true).catch(() => {}); // it is logged and in status
  }

  async #reload(input: ConfigInput, byWatcher: boolean): Promise<void> {
    const running = this.#running;
    if (running === null || this.#phase !== 'ready') throw new Error('the router does not run');
    await running.planes.inTurn(async () => {
      try {
        await this.#apply(running, await loadChecked(input, this.#options, this.#clock), byWatcher);
        this.#input = input;
        this.#lastError = null;
        this.#reloads.succeeded++;
      } catch (error) {
        this.#reloads.failed++;
        const { message } = error as Error;
        this.#lastError = { at: new Date(this.#clock.wall()).toISOString(), message };
        const errors = error instanceof ConfigError ? error.errors : undefined;
        this.#logger.error(
          { event: 'reload-refused', errors },
          `reload refused, the running configuration stays: ${message}`,
        );
        throw error;
      }
    });
  }

  async #apply(running: Running, checked: CheckedConfig, byWatcher: boolean): Promise<void> {
    const { planes, live, table } = running;
    const before = running.checked.config;
    const { config } = checked;
    this.#guard(before, config, byWatcher);
    this.#logWarnings(checked);
    const wanted = servedListeners(config);
    const added = wanted.filter((listener) => !running.listeners.some(({ key }) => key === listenerKey(listener)));
    const opened = await this.#settle(added, running.threads);
    const revision = await this.#revise(running.revision.id + 1, config, running);
    try {
      await live.openLog(config.accessLog);
      await planes.prepare(revision);
      await planes.open(opened); // those that stay are never closed; new ones open before anything changes
    } catch (error) {
      claimSlots(table, before.farms);
      await live.openLog(before.accessLog);
      throw error;
    }
    await planes.commit(revision);
    const keys = new Set(wanted.map(listenerKey));
    await planes.close(running.listeners.filter(({ key }) => !keys.has(key)).map(({ key }) => key));
    running.listeners = [...running.listeners.filter(({ key }) => keys.has(key)), ...opened];
    running.checked = checked;
    running.revision = revision;
    running.loadedAt = this.#clock.wall();
    table.advanceEpoch();
    live.health.apply(config.farms);
    running.watcher?.setFiles(checked.files);
    this.#recycleWhenUnpinned(running);
    this.#logger.info({ event: 'reloaded', snapshot: revision.id }, 'the configuration was reloaded');
  }

  #guard(before: Config, next: Config, byWatcher: boolean): void {
    const farms = byWatcher ? farmsLosingMost(before, next) : [];
    if (farms.length > 0) {
      throw new Error(
        `farm ${farms.join(', ')} would lose more than half of its servers: 'narrows reload' or SIGHUP does it`,
      );
    }
    for (const key of fixedKeysChanged(before, next)) {
      this.#logger.warn({ event: 'needs-restart', key }, `${key} changes only with a restart`);
    }
  }

  /** Slots of servers that went serve others once no request runs on an older configuration (DESIGN 2). */
  #recycleWhenUnpinned(running: Running): void {
    running.cancelRecycling();
    const { id } = running.revision;
    running.cancelRecycling = this.#clock.every(UNPINNED_LOOK, () => {
      void running.planes.oldestPinned().then((oldest) => {
        if (oldest < id || running.revision.id !== id) return;
        running.cancelRecycling();
        running.table.recycleReleased();
      });
    });
  }

  async #revise(
    id: number,
    config: Config,
    parts: Pick<Running, 'table' | 'live' | 'secret' | 'tieSeed'>,
  ): Promise<Revision> {
    const { table, live, secret, tieSeed } = parts;
    const addresses = await live.resolve(config);
    const slots = claimSlots(table, config.farms);
    return { id, config, slots, serverBlocks: table.blocks, affinitySecret: secret, tieSeed, addresses };
  }

  async #settle(listeners: Config['listeners'], threads: number): Promise<OpenListener[]> {
    const settled: OpenListener[] = [];
    for (const listener of listeners) settled.push(await settleListener(listener, threads > 1));
    return settled;
  }

  /** What the router would do with `request`, with its live state; nothing is sent and nothing changes (CONTRACT 4). */
  async explain(request: ExplainRequest): Promise<Explanation> {
    const { revision, table } = this.#mustRun();
    return explainRequest(compileSnapshot(revision, table, this.#clock, []), request, this.#clock);
  }

  status(): RouterStatus {
    const running = this.#mustRun();
    const { table, live, rates, planes, checked, revision } = running;
    const iso = (wall: number): string => new Date(wall).toISOString();
    return {
      version: VERSION,
      startedAt: iso(running.startedAt),
      snapshot: { id: revision.id, loadedAt: iso(running.loadedAt), lastError: this.#lastError },
      workers: planes.states.map((worker) => ({ ...worker, startedAt: iso(worker.startedAt) })),
      listeners: this.#openedListeners(running),
      farms: farmStatuses(checked.config, table, live.health, rates),
    };
  }

  /** Opens the log files anew, after somebody moved them away. */
  async reopenLogs(): Promise<void> {
    await this.#mustRun().live.reopenLog();
  }

  /** Stops as CONTRACT 6 says: what was begun is answered, within shutdownTimeout. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null || this.#phase === 'stopping' || this.#phase === 'stopped') return;
    this.#phase = 'stopping';
    const cut = await running.planes.inTurn(() => running.planes.stop());
    if (cut > 0)
      this.#logger.warn(
        { event: 'requests-cut', requests: cut },
        `${cut} requests ran past shutdownTimeout and were cut`,
      );
    await this.#dispose(running);
  }

  async #dispose(running: Running): Promise<void> {
    this.#phase = 'stopped';
    running.cancelRecycling();
    running.watcher?.close();
    running.rates.close();
    await running.planes.terminate();
    await running.live.close();
    await running.admin?.close();
  }

  #adminSource(running: Running): AdminSource {
    return {
      clock: this.#clock,
      logger: this.#logger,
      status: () => this.status(),
      reload: () => this.reload(),
      explain: (request) => this.explain(request),
      isReady: () => this.#phase === 'ready',
      metrics: {
        servers: () => serverNumbers(running.checked.config, running.table),
        router: () => ({
          connections: running.gauges.allConnections,
          workers: running.planes.states.length,
          workerRestarts: running.planes.restarts,
          reloadsSucceeded: this.#reloads.succeeded,
          reloadsFailed: this.#reloads.failed,
          loadedAt: running.loadedAt,
          logLinesDropped: running.live.droppedLogLines,
        }),
      },
    };
  }

  #planeEvents(live: LiveState) {
    const warned = new Set<string>();
    return {
      onLiveFailure: (id: string, reason: string) => live.health.liveFailure(id, reason),
      onLogLines: (lines: Uint8Array) => live.writeLog(lines),
      onInternalError: (message: string) =>
        this.#logger.error({ event: 'internal-error', error: message }, 'a request failed by a fault of the router'),
      onUntrustedForward: (peer: string) => {
        if (warned.has(peer)) return;
        warned.add(peer);
        this.#logger.warn(
          { event: 'untrusted-forwarded-for', peer },
          `${peer} sends X-Forwarded-For and is not trusted: if it is your proxy, set trustedProxies: ["${peer}"]`,
        );
      },
    };
  }

  #openedListeners(running: Running): OpenedListener[] {
    const opened = running.listeners.map(({ name, address }) => ({ name, url: listenerUrl(address) }));
    return running.admin === null ? opened : [...opened, { name: 'admin', url: running.admin.url }];
  }

  #logWarnings(checked: CheckedConfig): void {
    for (const problem of checked.problems) {
      this.#logger.warn({ event: 'config-warning', ...problem }, `${problem.file}:${problem.line}: ${problem.message}`);
    }
  }

  #mustRun(): Running {
    if (this.#running === null) throw new Error('the router does not run');
    return this.#running;
  }
}

/** Listeners that this version opens; `check` says which others there are. */
function servedListeners(config: Config): Config['listeners'] {
  const served = config.listeners.filter((listener) => listener.protocol === 'http' && !listener.tls);
  if (served.length === 0) throw new ListenError('no listener can be opened: see the warnings of `narrows check`');
  return served;
}
