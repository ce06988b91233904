// The health of a farm's servers together: it carries out the verdicts of their tests in the shared table, unless too
// few servers would be left (arr.md 8.4).
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import type { HealthChange } from '../../model/farm-operations.ts';
import { serverId } from '../../model/server-table.ts';
import type { ServerTableOwner } from '../../model/server-table-owner.ts';
import type { HealthEvent, HealthEventKind } from './health-event.ts';
import type { HostLookup } from './http-probe.ts';
import { findOutliers } from './outlier-detection.ts';
import { probeRequestFor } from './probe-request.ts';
import { runTest, testOf } from './run-test.ts';
import { type Marker, ServerHealth } from './server-health.ts';

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
  /** What its tests were made of: while it is the same, a reload leaves them alone. */
  definition: string;
  /** At the last comparison of the farm. */
  requests: number;
  failures: number;
  /** Times in a row that it was ejected; each lasts longer than the one before. */
  ejections: number;
  callOffReturn: () => void;
}

/** Times the configured one that an ejection lasts at most. */
const LONGEST_EJECTION = 10;

const eventIds = { serverUnhealthy: 1000, serverHealthy: null, minServersReached: 1002 } as const;

export class FarmHealth {
  readonly #services: HealthServices;
  readonly #members = new Map<string, Member>();
  #config: FarmConfig;
  /** True from the first mark that was held back until a server recovers: it is said once, not at every test. */
  #isHoldingBack = false;
  #stopComparing: () => void = () => {};
  #comparesEvery = 0;

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
    this.#compareEvery(config.healthCheck.outlier?.interval ?? 0);
  }

  stop(): void {
    this.#stopComparing();
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

  markHealthy(address: string, by: HealthChange['by'], reason: string): void {
    const member = this.#members.get(address);
    if (member === undefined || member.health.healthy) return;
    member.callOffReturn();
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

  #compareEvery(interval: number): void {
    if (interval === this.#comparesEvery) return;
    this.#stopComparing();
    this.#comparesEvery = interval;
    this.#stopComparing = interval === 0 ? () => {} : this.#services.clock.every(interval, () => this.#compare());
    for (const member of this.#members.values()) this.#sample(member);
  }

  /** Takes out servers that fail much more often than the others. */
  #compare(): void {
    const { outlier } = this.#config.healthCheck;
    if (outlier === null) return;
    const members = [...this.#members.values()];
    const samples = members.map((member) => ({ ...this.#sample(member), member }));
    const judged = samples.filter(({ member }) => this.#takesNewWork(member));
    const ejected = members.filter(({ health }) => health.markedBy === 'outlier').length;
    for (const { member } of judged) if (member.health.healthy && member.ejections > 0) this.#forgive(member, samples);
    for (const { address, reason } of findOutliers(judged, members.length, ejected, outlier)) {
      this.#eject(this.#members.get(address)!, reason, outlier.ejectFor);
    }
  }

  /** What it did since the last look. */
  #sample(member: Member): { address: string; requests: number; failures: number } {
    const { totalRequests, failedRequests } = this.#services.table.state(member.slot).totals();
    const requests = totalRequests - member.requests;
    const failures = failedRequests - member.failures;
    member.requests = totalRequests;
    member.failures = failedRequests;
    return { address: member.health.address, requests, failures };
  }

  /** A whole interval without being an outlier, with requests: the next ejection is as short as the first. */
  #forgive(member: Member, samples: readonly { member: Member; requests: number; failures: number }[]): void {
    const sample = samples.find((each) => each.member === member)!;
    if (sample.requests > 0 && sample.failures === 0) member.ejections = 0;
  }

  #eject(member: Member, reason: string, ejectFor: number): void {
    const { address } = member.health;
    this.markUnhealthy(address, 'outlier', reason);
    if (member.health.healthy) return; // minServers
    member.ejections++;
    const time = ejectFor * Math.min(member.ejections, LONGEST_EJECTION);
    member.callOffReturn = this.#services.clock.after(time, () => {
      if (member.health.markedBy === 'outlier') this.markHealthy(address, 'outlier', `it was out for ${time / 1000} s`);
    });
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
    const member = { health, slot, definition: '', requests: 0, failures: 0, ejections: 0, callOffReturn: () => {} };
    this.#sample(member);
    this.#members.set(address, member);
    // Servers start healthy (CONTRACT 2), also one that comes back to the slot it had.
    table.setHealthy(slot, true);
    return member;
  }

  /** That the farm has had, for tests on demand. */
  #requests(): number {
    let requests = 0;
    for (const { slot } of this.#members.values()) {
      const { totalRequests, currentRequests } = this.#services.table.state(slot).totals();
      requests += totalRequests + currentRequests;
    }
    return requests;
  }

  #remove(address: string): void {
    const { health, callOffReturn } = this.#members.get(address)!;
    callOffReturn();
    health.stop();
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
