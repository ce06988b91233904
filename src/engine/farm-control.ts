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
import { type OwnLimits, RuntimeChanges } from '../control/state/runtime-changes.ts';
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
  /** Resolves when no worker picks by states from before; rejects when one died meanwhile. */
  settled(): Promise<unknown>;
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
    this.drains = new Drains(clock, services.bindingsOf, services.settled);
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
    const known = serversById(before);
    this.#config = config;
    this.webhooks.use(config.webhooks);
    this.#services.onApplied(config);
    for (const farm of config.farms) {
      for (const server of farm.servers) {
        const id = serverId(farm.name, server.address);
        this.#join(farm, server, known.get(id) ?? null, before === null);
        this.#followLeaving(farm, server);
        known.delete(id);
      }
    }
    for (const id of known.keys()) this.#forget(id);
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
  drain(farm: FarmConfig, server: ServerConfig, limits: OwnLimits): void {
    const id = serverId(farm.name, server.address);
    this.#startDrain(farm, server, limits, (endedBy) => {
      this.#services.table.setAvailability(this.#services.table.slotOf(id)!, Availability.Inactive);
      this.changes.drained(farm.name, server.address);
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

  /**
   * @param was as it was before; null for one that is new
   * @param atStart of the router itself: then nobody starts slowly, since all would be slow alike
   */
  #join(farm: FarmConfig, server: ServerConfig, was: ServerConfig | null, atStart: boolean): void {
    const id = serverId(farm.name, server.address);
    if (was === null) this.#restore(farm, server);
    if (atStart) this.#expectFormerClients(farm, id);
    else if (!server.enabled) this.starts.cancel(id);
    else if (was?.enabled !== true && this.#isActive(id)) this.starts.begin(farm, server);
  }

  /** The state that an operator gave it before the router stopped, where it was to be kept. */
  #restore(farm: FarmConfig, server: ServerConfig): void {
    const { table } = this.#services;
    const slot = table.slotOf(serverId(farm.name, server.address))!;
    const { state, drain = {} } = this.changes.override(farm.name, server.address) ?? {};
    if (state === undefined) return;
    if (state === 'Drain') {
      table.setAvailability(slot, Availability.Draining);
      this.drain(farm, server, drain);
    } else table.setAvailability(slot, state === 'Start' ? Availability.Active : Availability.Inactive);
  }

  /** Clients have cookies from before the router stopped: as far as it knows each was seen just now, and a drain waits for them. */
  #expectFormerClients({ affinity }: FarmConfig, id: string): void {
    const { clock, table, stateDirectory } = this.#services;
    const isSecretKept = affinity.secret !== null || stateDirectory !== null;
    if (affinity.useCookie && isSecretKept) table.state(table.slotOf(id)!).noteBinding(Math.floor(clock.wall() / 1000));
  }

  /** It is in the configuration no more; its place in the table will be another's. */
  #forget(id: string): void {
    this.#leaving.delete(id);
    this.drains.callOff(id);
    this.starts.cancel(id);
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
    // One that was stopped gets no clients back: only its open requests are waited for.
    const isStopped = table.state(slot).availability === Availability.Inactive;
    if (!isStopped) table.setAvailability(slot, Availability.Draining);
    this.#startDrain(farm, server, isStopped ? { idleTimeout: 0 } : {}, (endedBy) => {
      this.#tellDrained(farm, server, endedBy);
      this.#drop(farm.name, server.address);
    });
  }

  #drop(farmName: string, address: string): void {
    this.#forget(serverId(farmName, address));
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

  #startDrain(farm: FarmConfig, server: ServerConfig, limits: OwnLimits, onDone: (endedBy: DrainEnd) => void): void {
    const { deadline } = farm.drain;
    const {
      idleTimeout = farm.drain.idleTimeout,
      until = deadline === 0 ? 0 : this.#services.clock.wall() + deadline,
    } = limits;
    const { timeout: affinityTimeout } = farm.affinity;
    this.drains.start(serverId(farm.name, server.address), { affinityTimeout, idleTimeout, until }, onDone);
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

function serversById(config: Config | null): Map<string, ServerConfig> {
  const farms = config?.farms ?? [];
  return new Map(
    farms.flatMap(({ name, servers }) => servers.map((server) => [serverId(name, server.address), server])),
  );
}

function addressesOf(farm: FarmConfig): string[] {
  return farm.servers.filter(({ leaving }) => !leaving).map(({ address }) => address);
}
