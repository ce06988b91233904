// What lives beside a configuration and outlasts it: the health of servers and the addresses of names.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import { DemandedLookups } from '../control/discovery/demanded-lookups.ts';
import { DnsLookup } from '../control/discovery/dns-lookup.ts';
import { systemLookup } from '../control/discovery/name-lookup.ts';
import { NameResolver } from '../control/discovery/name-resolver.ts';
import type { HealthEvent } from '../control/health/health-event.ts';
import { HealthProber } from '../control/health/health-prober.ts';
import type { Config } from '../model/config.ts';
import type { FoundName } from '../model/found-name.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import { resolvedHosts } from './resolved-hosts.ts';

/** How long a start or a reload waits for names that were never answered, ms; then it goes on without them. */
const NAME_PATIENCE = 2000;

export interface LiveStateServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly table: ServerTableOwner;
  /** The addresses of a server's name have changed. */
  onAddresses(host: string, addresses: readonly string[]): void;
  onHealth(event: HealthEvent): void;
  /** The answer to names.want(). */
  onName(host: string, found: FoundName): void;
}

export class LiveState {
  readonly health: HealthProber;
  /** Names that requests choose. */
  readonly names: DemandedLookups;
  readonly #services: LiveStateServices;
  readonly #resolver: NameResolver;
  #resolvers: string;

  constructor(config: Config, services: LiveStateServices) {
    const { clock, logger, table } = services;
    this.#services = services;
    this.#resolvers = JSON.stringify(config.resolvers);
    this.#resolver = new NameResolver(lookupThrough(config.resolvers), clock, config.dnsRefresh, {
      onChange: (host, addresses) => services.onAddresses(host, addresses),
      onFailure: (host, error, kept) =>
        logger.warn({ event: 'name-not-resolved', host, kept, reason: error.message }, `${host} cannot be resolved`),
      onRecovery: (host) => logger.info({ event: 'name-resolved', host }, `${host} can be resolved again`),
    });
    this.names = new DemandedLookups(lookupThrough(config.resolvers), config.dnsRefresh, services.onName);
    this.health = new HealthProber({
      clock,
      table,
      random: systemRandom,
      lookup: (host) => this.lookup(host),
      onChange: (event) => {
        logHealth(logger, event);
        services.onHealth(event);
      },
    });
  }

  /** An address of `host`; itself where none is known. */
  lookup(host: string): string {
    return this.#resolver.addresses(host)[0] ?? host;
  }

  /** All known addresses by host name. */
  get addresses(): ReadonlyMap<string, readonly string[]> {
    return this.#resolver.known();
  }

  /**
   * Looks up the names of `next` that are not known yet, beside those that are in use. Resolves when each was answered
   * or failed, at the latest after NAME_PATIENCE: what is answered later is learned then.
   */
  async learn(next: Config): Promise<void> {
    this.#askThrough(next.resolvers);
    const hosts = resolvedHosts(next);
    const { clock, logger } = this.#services;
    const asked = this.#resolver.watch(new Set([...this.#resolver.hosts(), ...hosts]));
    await new Promise<void>((resolve) => {
      const callOff = clock.after(NAME_PATIENCE, () => {
        const open = [...hosts].filter((host) => this.#resolver.addresses(host).length === 0);
        logger.warn({ event: 'name-not-answered', hosts: open }, `no address yet for ${open.join(', ')}`);
        resolve();
      });
      void asked.then(() => {
        callOff();
        resolve();
      });
    });
  }

  /** `config` is in force: the names of others are forgotten. */
  use(config: Config): void {
    this.#askThrough(config.resolvers);
    this.names.refresh = config.dnsRefresh;
    void this.#resolver.watch(resolvedHosts(config), config.dnsRefresh);
  }

  close(): void {
    this.health.close();
    this.#resolver.close();
    this.names.close();
  }

  #askThrough(resolvers: readonly string[]): void {
    const wanted = JSON.stringify(resolvers);
    if (wanted === this.#resolvers) return;
    this.#resolver.askThrough(lookupThrough(resolvers));
    this.names.askThrough(lookupThrough(resolvers));
    this.#resolvers = wanted;
  }
}

function lookupThrough(resolvers: readonly string[]) {
  return resolvers.length === 0 ? systemLookup : new DnsLookup(resolvers);
}

function logHealth(logger: Logger, event: HealthEvent): void {
  const { kind, eventId, farm, server, reason, evidence } = event;
  const facts = { event: kind, ...(eventId === null ? {} : { eventId }), farm, server, reason, evidence };
  if (kind === 'serverHealthy') logger.info(facts, `${event.id} is healthy: ${reason}`);
  else if (kind === 'serverUnhealthy') logger.warn(facts, `${event.id} is unhealthy: ${reason}`);
  else logger.warn(facts, `farm ${farm} is at its minimum of servers: ${reason}`);
}
