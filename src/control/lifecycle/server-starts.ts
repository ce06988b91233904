// How a server that starts or has recovered comes to its share: warmed up first, then with a growing part of its weight.
import type { Clock } from '../../base/clock.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { serverId } from '../../model/server-table.ts';
import type { ServerTableOwner } from '../../model/server-table-owner.ts';

/** Steps of a slow start, and the part of the weight that it begins with, percent. */
const STEPS = 20;
const FIRST = 10;

export interface StartServices {
  readonly clock: Clock;
  readonly table: ServerTableOwner;
  /** Fetches one path of a server. @returns why it failed; null when it went well */
  fetch(farm: FarmConfig, server: ServerConfig, path: string, signal: AbortSignal): Promise<string | null>;
  /** A path could not be fetched: the server takes traffic all the same. */
  onWarmUpFailed(id: string, reason: string): void;
}

interface Start {
  cancel(): void;
}

export class ServerStarts {
  readonly #services: StartServices;
  readonly #starts = new Map<string, Start>();

  constructor(services: StartServices) {
    this.#services = services;
  }

  /** The server may take traffic from now on. */
  begin(farm: FarmConfig, server: ServerConfig): void {
    const id = serverId(farm.name, server.address);
    this.cancel(id);
    const slot = this.#services.table.slotOf(id);
    if (slot === undefined) return;
    if (farm.warmUp !== null) this.#warmUp(farm, server, slot, id);
    else if (farm.slowStart > 0) this.#ramp(farm, slot, id);
  }

  /** It takes no traffic any more: all of its weight is there when it comes again, unless begin() says otherwise. */
  cancel(id: string): void {
    this.#starts.get(id)?.cancel();
    this.#starts.delete(id);
  }

  close(): void {
    for (const id of [...this.#starts.keys()]) this.cancel(id);
  }

  #warmUp(farm: FarmConfig, server: ServerConfig, slot: number, id: string): void {
    const { clock, table } = this.#services;
    const abort = new AbortController();
    const { urls, timeout } = farm.warmUp!;
    const stopTimer = clock.after(timeout, () => abort.abort(`not warm within ${timeout / 1000} s (warmUp.timeout)`));
    table.setWarming(slot, true);
    const end = () => {
      stopTimer();
      table.setWarming(slot, false);
    };
    const start = {
      cancel() {
        abort.abort('the server stopped');
        end();
      },
    };
    this.#starts.set(id, start);
    const isUnderWay = (): boolean => this.#starts.get(id) === start;
    void this.#fetchAll(farm, server, urls, abort.signal, isUnderWay).then(() => {
      if (!isUnderWay()) return;
      this.#starts.delete(id);
      // The ramp begins before anybody may see the server with all of its weight.
      if (farm.slowStart > 0) this.#ramp(farm, slot, id);
      end();
    });
  }

  async #fetchAll(
    farm: FarmConfig,
    server: ServerConfig,
    urls: readonly string[],
    signal: AbortSignal,
    isUnderWay: () => boolean,
  ): Promise<void> {
    for (const url of urls) {
      if (signal.aborted) return;
      const fault = await this.#services.fetch(farm, server, url, signal);
      if (fault !== null && isUnderWay())
        this.#services.onWarmUpFailed(serverId(farm.name, server.address), `${url}: ${fault}`);
    }
  }

  #ramp({ slowStart }: FarmConfig, slot: number, id: string): void {
    const { clock, table } = this.#services;
    const startedAt = clock.monotonic();
    const stop = clock.every(slowStart / STEPS, () => {
      const done = Math.min(1, (clock.monotonic() - startedAt) / slowStart);
      table.setRampMissing(slot, Math.round((100 - FIRST) * (1 - done)));
      if (done < 1) return;
      stop();
      this.#starts.delete(id);
    });
    table.setRampMissing(slot, 100 - FIRST);
    this.#starts.set(id, {
      cancel() {
        stop();
        table.setRampMissing(slot, 0);
      },
    });
  }
}
