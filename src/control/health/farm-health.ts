// The health of a farm's servers together: it carries out the verdicts of their tests in the shared table, unless too
// few servers would be left (arr.md 8.4).
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import type { HealthChange } from '../../model/farm-operations.ts';
import type { ServerState } from '../../model/server-state.ts';
import { serverId } from '../../model/server-table.ts';
import type { ServerTableOwner } from '../../model/server-table-owner.ts';
import type { HealthEvent, HealthEventKind } from './health-event.ts';
import { OutlierWatch } from './outlier-watch.ts';
import { probeRequestFor } from './probe-request.ts';
import { runTest, testOf } from './run-test.ts';
import { type Marker, ServerHealth } from './server-health.ts';
import type { HostLookup } from './server-place.ts';

export interface HealthServices {
  readonly clock: Clock;
  readonly table: ServerTableOwner;
  /** Address of a host name. */
  readonly lookup: HostLookup;
  readonly random: Random;
  /** Told of every change, also of one that minServers held back. */
  onChange(event: HealthEvent): void;
}

interface Member {
  readonly health: ServerHealth;
  readonly slot: number;
  readonly state: ServerState;
  /** What its tests were made of: while it is the same, a reload leaves them alone. */
  definition: string;
}

/** How long a look at the farm's requests serves all tests on demand, ms. */
const REQUESTS_LOOK = 500;

const eventIds = { serverUnhealthy: 1000, serverHealthy: null, minServersReached: 1002 } as const;

export class FarmHealth {
  readonly #services: HealthServices;
  readonly #members = new Map<string, Member>();
  #config: FarmConfig;
  /** True from the first mark that was held back until a server recovers: it is said once, not at every test. */
  #isHoldingBack = false;
  readonly #outliers: OutlierWatch;
  #requestsSeen = { at: Number.NEGATIVE_INFINITY, count: 0 };

  constructor(config: FarmConfig, services: HealthServices) {
    this.#config = config;
    this.#services = services;
    this.#outliers = new OutlierWatch(services.clock, {
      servers: () => [...this.#members.values()].map((member) => this.#watched(member)),
      eject: (address, reason) => this.markUnhealthy(address, 'outlier', reason),
      readmit: (address, reason) => this.markHealthy(address, 'outlier', reason),
    });
    this.apply(config);
  }

  /** Tests the enabled servers of `config`: the new ones start healthy, unchanged ones go on as they are. */
  apply(config: FarmConfig): void {
    if (config.healthCheck.minServers !== this.#config.healthCheck.minServers) this.#isHoldingBack = false;
    this.#config = config;
    const servers = config.servers.filter((server) => server.enabled);
    const addresses = new Set(servers.map((server) => server.address));
    for (const address of this.#members.keys()) if (!addresses.has(address)) this.#remove(address);
    for (const server of servers) this.#applyServer(server);
    this.#outliers.configure(config.healthCheck.outlier);
  }

  stop(): void {
    this.#outliers.stop();
    for (const address of [...this.#members.keys()]) this.#remove(address);
  }

  server(address: string): ServerHealth | undefined {
    return this.#members.get(address)?.health;
  }

  /**
   * Marks the server unhealthy, unless it is already or a test's mark is held back by minServers. An operator's mark
   * takes the place of another one, so that what would have lifted that one does not lift it.
   * @returns false when it was held back
   */
  markUnhealthy(address: string, marker: Marker, reason: string): boolean {
    const member = this.#members.get(address);
    if (member === undefined) return false;
    const wasHealthy = member.health.healthy;
    if (!wasHealthy && (marker !== 'operator' || member.health.markedBy === 'operator')) return true;
    if (marker !== 'operator' && this.#wouldLeaveTooFew(member)) {
      this.#holdBack(member, reason);
      return false;
    }
    this.#outliers.callOff(address);
    member.health.decide(marker, reason);
    if (!wasHealthy) return true;
    this.#services.table.setHealthy(member.slot, false);
    this.#report('serverUnhealthy', member, reason);
    return true;
  }

  markHealthy(address: string, by: HealthChange['by'], reason: string): void {
    const member = this.#members.get(address);
    if (member === undefined || member.health.healthy) return;
    this.#outliers.callOff(address);
    member.health.decide(null, reason, by);
    this.#isHoldingBack = false;
    this.#services.table.setHealthy(member.slot, true);
    this.#report('serverHealthy', member, reason);
  }

  #applyServer(server: ServerConfig): void {
    const config = this.#config;
    const test = testOf(config, server);
    const request = test.url === '' ? null : probeRequestFor(config, server, test.url);
    const definition = JSON.stringify([test, request]);
    const member = this.#members.get(server.address) ?? this.#add(server.address);
    if (member.definition === definition) return;
    member.definition = definition;
    member.health.configure(test, (signal) => runTest(config, server, test, this.#services.lookup, signal));
  }

  #watched({ health, state }: Member) {
    const { takesNewWork, attempts } = state;
    const isEjected = health.markedBy === 'outlier';
    return { address: health.address, takesNewWork, isEjected, requests: attempts.ended, failures: attempts.failed };
  }

  #add(address: string): Member {
    const { table, clock, random } = this.#services;
    const slot = table.slotOf(serverId(this.#config.name, address));
    if (slot === undefined) throw new Error(`no slot was claimed for ${serverId(this.#config.name, address)}`);
    const services = { clock, random, requests: () => this.#requests() };
    const health = new ServerHealth(address, services, {
      fail: (marker, reason) => this.markUnhealthy(address, marker, reason),
      recover: (by, reason) => this.markHealthy(address, by, reason),
    });
    const member = { health, slot, state: table.state(slot), definition: '' };
    this.#members.set(address, member);
    // Servers start healthy (CONTRACT 2), also one that comes back to the slot it had.
    table.setHealthy(slot, true);
    return member;
  }

  /** That the farm has had or has, for tests on demand; one look for all of them. */
  #requests(): number {
    const now = this.#services.clock.monotonic();
    if (now - this.#requestsSeen.at >= REQUESTS_LOOK) {
      let count = 0;
      for (const { state } of this.#members.values()) {
        const { ended, underWay } = state.attempts;
        count += ended + underWay;
      }
      this.#requestsSeen = { at: now, count };
    }
    return this.#requestsSeen.count;
  }

  #remove(address: string): void {
    this.#outliers.forget(address);
    this.#members.get(address)!.health.stop();
    this.#members.delete(address);
  }

  /** Only servers that could take new work count: one that is drained by hand saves nobody. */
  #wouldLeaveTooFew(member: Member): boolean {
    const { minServers } = this.#config.healthCheck;
    if (minServers === 0 || !member.state.takesNewWork) return false;
    const taking = [...this.#members.values()].filter(({ state }) => state.takesNewWork).length;
    return taking - 1 < minServers;
  }

  #holdBack(member: Member, reason: string): void {
    if (this.#isHoldingBack) return;
    this.#isHoldingBack = true;
    const { minServers } = this.#config.healthCheck;
    this.#report('minServersReached', member, `not marked unhealthy, minServers is ${minServers}: ${reason}`);
  }

  #report(kind: HealthEventKind, { health }: Member, reason: string): void {
    this.#services.onChange({
      kind,
      eventId: eventIds[kind],
      farm: this.#config.name,
      server: health.address,
      id: serverId(this.#config.name, health.address),
      reason,
      at: this.#services.clock.wall(),
      evidence: health.evidence,
    });
  }
}
