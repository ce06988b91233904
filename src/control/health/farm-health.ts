// The health of a farm's servers together: it carries out the verdicts of their tests in the shared table, unless too
// few servers would be left (arr.md 8.4).
import type { Clock } from '../../base/clock.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { serverId } from '../../model/server-table.ts';
import type { ServerTableOwner } from '../../model/server-table-owner.ts';
import type { HealthEvent, HealthEventKind } from './health-event.ts';
import { type HostLookup, probeOverHttp } from './http-probe.ts';
import { probeRequestFor } from './probe-request.ts';
import { type Marker, ServerHealth } from './server-health.ts';

export interface HealthServices {
  readonly clock: Clock;
  readonly table: ServerTableOwner;
  /** Address of a host name. */
  readonly lookup: HostLookup;
  /** Told of every change, also of one that minServers held back. */
  onChange(event: HealthEvent): void;
}

interface Member {
  readonly health: ServerHealth;
  readonly slot: number;
  /** What its tests were made of: while it is the same, a reload leaves them alone. */
  definition: string;
}

const eventIds = { serverUnhealthy: 1000, serverHealthy: null, minServersReached: 1002 } as const;

export class FarmHealth {
  readonly #services: HealthServices;
  readonly #members = new Map<string, Member>();
  #config: FarmConfig;
  /** True from the first mark that was held back until a server recovers: it is said once, not at every test. */
  #isHoldingBack = false;

  constructor(config: FarmConfig, services: HealthServices) {
    this.#config = config;
    this.#services = services;
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
  }

  stop(): void {
    for (const address of [...this.#members.keys()]) this.#remove(address);
  }

  server(address: string): ServerHealth | undefined {
    return this.#members.get(address)?.health;
  }

  /** Marks the server unhealthy, unless it is already or a test's mark is held back by minServers. */
  markUnhealthy(address: string, marker: Marker, reason: string): void {
    const member = this.#members.get(address);
    if (member === undefined || !member.health.healthy) return;
    if (marker !== 'operator' && this.#wouldLeaveTooFew(member)) {
      this.#holdBack(member, reason);
      return;
    }
    member.health.decide(marker, reason);
    this.#services.table.setHealthy(member.slot, false);
    this.#report('serverUnhealthy', member, reason);
  }

  markHealthy(address: string, reason: string): void {
    const member = this.#members.get(address);
    if (member === undefined || member.health.healthy) return;
    member.health.decide(null, reason);
    this.#isHoldingBack = false;
    this.#services.table.setHealthy(member.slot, true);
    this.#report('serverHealthy', member, reason);
  }

  #applyServer(server: ServerConfig): void {
    const { healthCheck } = this.#config;
    const request = healthCheck.url === '' ? null : probeRequestFor(this.#config, server);
    const definition = JSON.stringify([healthCheck, request]);
    const member = this.#members.get(server.address) ?? this.#add(server.address);
    if (member.definition === definition) return;
    member.definition = definition;
    member.health.configure(healthCheck, (signal) =>
      probeOverHttp(request!, healthCheck, this.#services.lookup, signal),
    );
  }

  #add(address: string): Member {
    const { table, clock } = this.#services;
    const slot = table.slotOf(serverId(this.#config.name, address));
    if (slot === undefined) throw new Error(`no slot was claimed for ${serverId(this.#config.name, address)}`);
    const health = new ServerHealth(address, clock, {
      fail: (marker, reason) => this.markUnhealthy(address, marker, reason),
      recover: (reason) => this.markHealthy(address, reason),
    });
    const member = { health, slot, definition: '' };
    this.#members.set(address, member);
    // Servers start healthy (CONTRACT 2), also one that comes back to the slot it had.
    table.setHealthy(slot, true);
    return member;
  }

  #remove(address: string): void {
    this.#members.get(address)!.health.stop();
    this.#members.delete(address);
  }

  /** Only servers that could take new work count: one that is drained by hand saves nobody. */
  #wouldLeaveTooFew(member: Member): boolean {
    const { minServers } = this.#config.healthCheck;
    if (minServers === 0 || !this.#takesNewWork(member)) return false;
    const taking = [...this.#members.values()].filter((each) => this.#takesNewWork(each)).length;
    return taking - 1 < minServers;
  }

  #takesNewWork(member: Member): boolean {
    return this.#services.table.state(member.slot).takesNewWork;
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
