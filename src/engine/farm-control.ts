// What the control thread does with farms while they run: members come and go, servers start, drain and stop, operators change things. What is
// asked of it stands in operations/.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { parseServers, readServers } from '../control/config/read-servers.ts';
import type { HealthEvent } from '../control/health/health-event.ts';
import { type DrainEnd, Drains, type LiveBindings } from '../control/lifecycle/drains.ts';
import { ServerStarts } from '../control/lifecycle/server-starts.ts';
import { Memberships } from '../control/membership/memberships.ts';
import { AuditLog } from '../control/state/audit-log.ts';
import { RuntimeChanges } from '../control/state/runtime-changes.ts';
import { StateFile } from '../control/state/state-file.ts';
import { Webhooks } from '../control/webhooks/webhooks.ts';
import type { Config } from '../model/config.ts';
import type { FarmConfig, ServerConfig } from '../model/farm-config.ts';
import { Availability } from '../model/server-state.ts';
import { serverId } from '../model/server-table.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import { effectiveConfig, membersOf } from './effective-config.ts';

/** Changes within this become one revision, ms. */
const BATCH = 50;

export interface FarmControlServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly table: ServerTableOwner;
  readonly stateDirectory: string | null;
  bindingsOf(id: string): LiveBindings;
  /** Fetches a path from a server, as its health test would. @returns why it failed; null when it went well */
  fetch(farm: FarmConfig, server: ServerConfig, path: string, signal: AbortSignal): Promise<string | null>;
  /** Another configuration is in force. */
  onApplied(config: Config): void;
  /** Brings what runs up to date with the changes. */
  reapply(): Promise<void>;
}

export class FarmControl {
  readonly changes: RuntimeChanges;
  readonly memberships: Memberships;
  readonly drains: Drains;
  readonly starts: ServerStarts;
  readonly webhooks: Webhooks;
  readonly audit: AuditLog;
  readonly #services: FarmControlServices;
  /** Servers that are members no more, and drain, by id. */
  readonly #leaving = new Set<string>();
  #config: Config | null = null;
  #reapplying: Promise<void> | null = null;

  constructor(services: FarmControlServices) {
    const { clock, logger, table, stateDirectory } = services;
    const warn = (message: string) => logger.warn({ event: 'state-file' }, message);
    this.#services = services;
    this.webhooks = new Webhooks(clock, logger);
    this.audit = new AuditLog(stateDirectory, clock, warn);
    this.changes = new RuntimeChanges(new StateFile(stateDirectory, 'changes.json', warn), readServers);
    this.drains = new Drains(clock, services.bindingsOf);
    this.starts = new ServerStarts({
      ...{ clock, table, fetch: services.fetch },
      onWarmUpFailed: (id, reason) =>
        logger.warn({ event: 'warm-up-failed', server: id, reason }, `${id} could not be warmed up: ${reason}`),
    });
    this.memberships = new Memberships({
      ...{ clock, logger, parse: parseServers },
      kept: new StateFile(stateDirectory, 'members.json', warn),
      onChange: () => void this.reapply().catch(() => {}), // a fault is logged where it is found
    });
  }

  /** Follows the sources of `written`, and says what runs with it. */
  async effective(written: Config): Promise<Config> {
    await this.memberships.follow(written.farms, written.resolvers);
    return this.present(written);
  }

  /** The same without waiting for sources that are new. */
  present(written: Config): Config {
    return effectiveConfig(written, {
      changes: this.changes,
      before: this.#config,
      serversOf: (farm) => this.memberships.serversOf(farm),
    });
  }

  /** `config` is in force: what is new starts, what leaves drains. */
  applied(config: Config, written: Config): void {
    const before = this.#config;
    const known = new Set(before?.farms.flatMap((farm) => idsOf(farm)));
    this.#config = config;
    this.webhooks.use(config.webhooks);
    this.#services.onApplied(config);
    for (const farm of config.farms) {
      const added = farm.servers.filter((server) => !known.has(serverId(farm.name, server.address)));
      for (const server of added) this.#join(farm, server, before !== null);
      for (const server of farm.servers) this.#followLeaving(farm, server);
    }
    this.#tellOfMembers(before, config);
    this.changes.forgetGone(
      new Map(
        written.farms.map((farm) => [
          farm.name,
          new Set(membersOf(farm, this.memberships.serversOf(farm.name)).map(({ address }) => address)),
        ]),
      ),
    );
  }

  /** Resolves when what operators and sources changed is in force. @throws ConfigError: nothing has changed then */
  reapply(): Promise<void> {
    this.#reapplying ??= new Promise<void>((resolve, reject) => {
      this.#services.clock.after(BATCH, () => {
        this.#reapplying = null;
        this.#services.reapply().then(resolve, (error: Error) => {
          const { logger } = this.#services;
          logger.error({ event: 'members-refused', reason: error.message }, `farms stay as they are: ${error.message}`);
          reject(error);
        });
      });
    });
    return this.#reapplying;
  }

  farm(name: string): FarmConfig | undefined {
    return this.#config?.farms.find((farm) => farm.name.toLowerCase() === name.toLowerCase());
  }

  onHealth(event: HealthEvent): void {
    const { farm: name, server: address, reason } = event;
    const farm = this.farm(name);
    const server = farm?.servers.find((each) => each.address === address);
    const healthy = event.kind === 'serverHealthy';
    if (event.kind !== 'minServersReached')
      this.webhooks.send('serverHealth', { farm: name, server: address, healthy, reason });
    if (farm === undefined || server === undefined) return;
    if (event.kind === 'serverUnhealthy') this.starts.cancel(event.id);
    else if (healthy && this.#isActive(event.id)) this.starts.begin(farm, server);
  }

  /** Begins the drain of a server that stays a member: it is Inactive afterwards. */
  drain(farm: FarmConfig, server: ServerConfig, limits: { idleTimeout?: number; deadline?: number }): void {
    const id = serverId(farm.name, server.address);
    this.#startDrain(farm, server, limits, (endedBy) => {
      this.#services.table.setAvailability(this.#services.table.slotOf(id)!, Availability.Inactive);
      this.#tellDrained(farm, server, endedBy);
    });
  }

  close(): void {
    this.memberships.close();
    this.drains.close();
    this.starts.close();
    this.webhooks.close();
  }

  #isActive(id: string): boolean {
    const slot = this.#services.table.slotOf(id);
    return slot !== undefined && this.#services.table.state(slot).availability === Availability.Active;
  }

  /** @param late the router runs already: only then it starts slowly */
  #join(farm: FarmConfig, server: ServerConfig, late: boolean): void {
    const { table } = this.#services;
    const id = serverId(farm.name, server.address);
    const slot = table.slotOf(id)!;
    const state = this.changes.override(farm.name, server.address)?.state;
    if (state !== undefined)
      table.setAvailability(slot, state === 'Start' ? Availability.Active : Availability.Inactive);
    if (state === 'Drain') {
      table.setAvailability(slot, Availability.Draining);
      this.drain(farm, server, {});
    }
    if (late && server.enabled && this.#isActive(id)) this.starts.begin(farm, server);
  }

  #followLeaving(farm: FarmConfig, server: ServerConfig): void {
    const { table } = this.#services;
    const id = serverId(farm.name, server.address);
    const slot = table.slotOf(id)!;
    const isLeaving = this.#leaving.has(id);
    if (server.leaving === isLeaving) return;
    if (!server.leaving) {
      // It came back before it was gone.
      this.#leaving.delete(id);
      this.drains.callOff(id);
      table.setAvailability(slot, Availability.Active);
      return;
    }
    this.#leaving.add(id);
    this.starts.cancel(id);
    table.setAvailability(slot, Availability.Draining);
    this.#startDrain(farm, server, {}, (endedBy) => {
      this.#tellDrained(farm, server, endedBy);
      this.#drop(farm.name, server.address);
    });
  }

  #drop(farmName: string, address: string): void {
    this.#leaving.delete(serverId(farmName, address));
    const config = this.#config;
    if (config === null) return;
    // Out of what `present` takes the leaving ones from.
    const farms = config.farms.map((farm) =>
      farm.name === farmName
        ? { ...farm, servers: farm.servers.filter((server) => !(server.leaving && server.address === address)) }
        : farm,
    );
    this.#config = { ...config, farms };
    void this.reapply().catch(() => {});
  }

  #startDrain(
    farm: FarmConfig,
    server: ServerConfig,
    limits: { idleTimeout?: number; deadline?: number },
    onDone: (endedBy: DrainEnd) => void,
  ): void {
    const { idleTimeout = farm.drain.idleTimeout, deadline = farm.drain.deadline } = limits;
    const { timeout: affinityTimeout } = farm.affinity;
    this.drains.start(serverId(farm.name, server.address), { affinityTimeout, idleTimeout, deadline }, onDone);
  }

  #tellDrained(farm: FarmConfig, server: ServerConfig, endedBy: DrainEnd): void {
    const id = serverId(farm.name, server.address);
    const status = this.drains.status(id);
    this.webhooks.send('drainDone', { farm: farm.name, server: server.address, endedBy, drain: status });
    const facts = { event: 'drain-done', farm: farm.name, server: server.address, endedBy };
    this.#services.logger.info(facts, `${id} is drained: ${endedBy}`);
  }

  #tellOfMembers(before: Config | null, now: Config): void {
    if (before === null) return;
    const old = new Map(before.farms.map((farm) => [farm.name, new Set(addressesOf(farm))]));
    for (const farm of now.farms) {
      const was = old.get(farm.name) ?? new Set();
      const is = new Set(addressesOf(farm));
      const added = [...is].filter((address) => !was.has(address));
      const removed = [...was].filter((address) => !is.has(address as string));
      if (added.length + removed.length > 0) this.webhooks.send('membersChanged', { farm: farm.name, added, removed });
    }
  }
}

function idsOf(farm: FarmConfig): string[] {
  return farm.servers.map(({ address }) => serverId(farm.name, address));
}

function addressesOf(farm: FarmConfig): string[] {
  return farm.servers.filter(({ leaving }) => !leaving).map(({ address }) => address);
}
