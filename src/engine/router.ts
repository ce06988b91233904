// A router: the library's one object. It starts the two planes with a configuration, reloads, explains, says how it is
// doing, and stops (CONTRACT 7). It installs no signal handler.
import { type Clock, systemClock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { CertificateStore } from '../control/certificates/certificate-store.ts';
import { reportCertificates } from '../control/certificates/report-certificates.ts';
import { ConfigError, type LocatedProblem } from '../model/config-error.ts';
import type { ExplainRequest } from '../model/explain-request.ts';
import type { Explanation } from '../model/explanation.ts';
import type { RouterStatus } from '../model/status.ts';
import { applyConfig } from './apply-config.ts';
import { explainConfig } from './check-config.ts';
import { launch } from './launch.ts';
import { LiveExplainer } from './live-explainer.ts';
import type { CheckedConfig } from './load-checked.ts';
import { loadSparing, logBroken } from './load-sparing.ts';
import type { AdminSource } from './open-admin.ts';
import { farmOperations } from './operations/farm-operations.ts';
import { asConfigError, farmsLosingMost, fixedKeysChanged } from './reload-guard.ts';
import { type ConfigInput, type RouterOptions, silentLogger } from './router-options.ts';
import {
  farmNumbers,
  listenerNumbers,
  type OpenedListener,
  openedListeners,
  serverNumbers,
  statusOf,
} from './router-status.ts';
import { dispose, type Running } from './running.ts';

export type { OpenedListener } from './router-status.ts';

export class Router {
  readonly #options: RouterOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #explainer: LiveExplainer;
  readonly #certificates = new CertificateStore();
  #input: ConfigInput;
  #running: Running | null = null;
  #phase: 'new' | 'starting' | 'ready' | 'stopping' | 'stopped' = 'new';
  #started: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | null = null;
  #lastError: { at: string; message: string } | null = null;
  #reloads = { succeeded: 0, failed: 0 };

  constructor(input: ConfigInput, options: RouterOptions = {}) {
    this.#input = input;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#explainer = new LiveExplainer(this.#clock);
  }

  /**
   * Opens everything. On failure nothing stays open.
   * @throws ConfigError; ListenError when an address cannot be had
   */
  start(): Promise<{ listeners: OpenedListener[] }> {
    if (this.#phase !== 'new') return Promise.reject(new Error('a router starts once'));
    this.#phase = 'starting';
    const started = this.#start();
    this.#started = started.catch(() => {});
    return started;
  }

  async #start(): Promise<{ listeners: OpenedListener[] }> {
    try {
      const checked = await loadSparing(this.#input, this.#options, this.#clock, () => true, this.#certificates);
      this.#logWarnings(checked);
      this.#running = await launch(checked, {
        clock: this.#clock,
        logger: this.#logger,
        options: this.#options,
        adminSource: (running) => this.#adminSource(running),
        onFilesChanged: () => void this.#reload(this.#input, true).catch(() => {}), // it is logged and in status
      });
    } catch (error) {
      this.#phase = 'stopped';
      throw error;
    }
    this.#certificates.keep(this.#running.written.certificates);
    if (this.#phase === 'starting') this.#phase = 'ready';
    return { listeners: openedListeners(this.#running) };
  }

  /**
   * Takes up the configuration anew, or another one; all of it or nothing.
   * @param input the configuration from now on; absent: the same file or object again
   * @throws ConfigError: the running configuration stays
   */
  async reload(input?: ConfigInput): Promise<void> {
    await this.#reload(input ?? this.#input, false);
  }

  /** @returns what there is to warn of */
  async #reload(input: ConfigInput, byWatcher: boolean): Promise<readonly LocatedProblem[]> {
    return this.#mustBeReady().planes.inTurn(async () => {
      const running = this.#mustBeReady(); // the turn may come after a call of stop()
      const mark = running.files.mark();
      try {
        const checked = await this.#loadNext(running, input, byWatcher);
        const config = await running.control.effective(checked.config);
        await applyConfig(running, checked, config, this.#clock).catch((error: unknown) => {
          throw asConfigError(error, checked);
        });
        this.#certificates.keep(checked.certificates);
        running.loadedAt = this.#clock.wall();
        running.files.follow(checked, mark);
        this.#input = input;
        this.#lastError = null;
        this.#reloads.succeeded++;
        this.#logger.info({ event: 'reloaded', snapshot: running.revision.id }, 'the configuration was reloaded');
        return checked.problems;
      } catch (error) {
        // The sources of servers that run are followed, not those of what was refused.
        void running.control.effective(running.written.config);
        this.#noteRefusal(error as Error);
        throw error;
      }
    });
  }

  async #loadNext(running: Running, input: ConfigInput, byWatcher: boolean): Promise<CheckedConfig> {
    // What answers 500.19 already may go on so: the repair of one folder does not wait for that of another.
    const { files } = running.written.broken;
    const checked = await loadSparing(input, this.#options, this.#clock, (file) => files.has(file), this.#certificates);
    const before = running.written.config;
    const farms = byWatcher ? farmsLosingMost(before, checked.config) : [];
    if (farms.length > 0) {
      throw new Error(
        `farm ${farms.join(', ')} would lose more than half of its servers: 'narrows reload' or SIGHUP does it`,
      );
    }
    this.#logWarnings(checked, running.written);
    for (const key of fixedKeysChanged(running.startedWith, checked.config)) {
      this.#logger.warn({ event: 'needs-restart', key }, `${key} changes only with a restart`);
    }
    return checked;
  }

  #noteRefusal(error: Error): void {
    this.#reloads.failed++;
    const { message } = error;
    this.#lastError = { at: new Date(this.#clock.wall()).toISOString(), message };
    // Warnings are said when it is taken up: among them the fault would be hard to see.
    const errors =
      error instanceof ConfigError ? error.errors.filter(({ severity }) => severity === 'error') : undefined;
    this.#logger.error(
      { event: 'reload-refused', errors },
      `reload refused, the running configuration stays: ${message}`,
    );
  }

  /**
   * What the router would do with `request`: with its live state while it runs, else with every server healthy.
   * Nothing is sent and nothing changes (CONTRACT 4).
   */
  async explain(request: ExplainRequest): Promise<Explanation> {
    if (this.#running === null) return explainConfig(this.#input, request, this.#options);
    return this.#explainer.explain(this.#running, request);
  }

  status(): RouterStatus {
    return statusOf(this.#mustRun(), this.#lastError);
  }

  /** Opens the log files anew, after somebody moved them away. */
  async reopenLogs(): Promise<void> {
    await this.#mustRun().accessLog.reopen();
  }

  /**
   * Stops as CONTRACT 6 says: what was begun is answered, within shutdownTimeout. A start or a reload that is under way
   * is finished first. Called again, it waits for the same end.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#phase = this.#phase === 'new' ? 'stopped' : 'stopping';
    await this.#started;
    const running = this.#running;
    if (running === null) return;
    const cut = await running.planes.inTurn(() => running.planes.stop());
    if (cut > 0)
      this.#logger.warn(
        { event: 'requests-cut', requests: cut },
        `${cut} requests ran past shutdownTimeout and were cut`,
      );
    await dispose(running);
    this.#phase = 'stopped';
  }

  #adminSource(running: Running): AdminSource {
    return {
      clock: this.#clock,
      logger: this.#logger,
      status: () => statusOf(running, this.#lastError),
      certificates: () => reportCertificates(running.written.certificates),
      reload: () => this.#reload(this.#input, false),
      explain: (request) => this.explain(request),
      farms: farmOperations(running),
      audit: running.control.audit,
      isReady: () => this.#phase === 'ready',
      metrics: {
        servers: () => serverNumbers(running.checked.config, running.table),
        farms: () => farmNumbers(running.checked.config, running.table),
        listeners: () => listenerNumbers(running),
        router: () => ({
          connections: running.gauges.allConnections,
          workers: running.planes.states.length,
          workerRestarts: running.planes.restarts,
          reloadsSucceeded: this.#reloads.succeeded,
          reloadsFailed: this.#reloads.failed,
          loadedAt: running.loadedAt,
          refusals: running.gauges.allRefusals,
          logLinesDropped: running.accessLog.droppedLines,
        }),
        certificates: () => reportCertificates(running.written.certificates).certificates,
      },
    };
  }

  /** @param before what ran until now: what was said of it is not said again */
  #logWarnings(checked: CheckedConfig, before?: CheckedConfig): void {
    logBroken(this.#logger, checked.broken, before?.broken);
    const said = new Set(before?.problems.map(sayProblem));
    for (const problem of checked.problems) {
      const text = sayProblem(problem);
      if (!said.has(text)) this.#logger.warn({ event: 'config-warning', ...problem }, text);
    }
  }

  /** @throws Error before it has started, and after it has stopped */
  #mustRun(): Running {
    if (this.#running === null || this.#phase === 'stopped') throw new Error('the router does not run');
    return this.#running;
  }

  /** @throws Error from the call of stop() on, too */
  #mustBeReady(): Running {
    if (this.#phase === 'stopping') throw new Error('the router is stopping');
    return this.#mustRun();
  }
}

function sayProblem({ file, line, message, suggestion }: LocatedProblem): string {
  return `${file}:${line}: ${message}${suggestion ? `, ${suggestion}` : ''}`;
}
