// What lives beside a configuration and outlasts it: shared numbers, health, addresses of names, the access log's file.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { DnsLookup } from '../control/discovery/dns-lookup.ts';
import { systemLookup } from '../control/discovery/name-lookup.ts';
import { NameResolver } from '../control/discovery/name-resolver.ts';
import type { HealthEvent } from '../control/health/health-event.ts';
import { HealthProber } from '../control/health/health-prober.ts';
import { LogWriter } from '../control/observe/log-writer.ts';
import type { AccessLogConfig, Config } from '../model/config.ts';
import type { ServerTableOwner } from '../model/server-table-owner.ts';
import { w3cFieldNames, w3cPreamble } from '../proxy/outcomes/w3c-line.ts';
import { serverHosts } from './load-revision.ts';
import { VERSION } from './version.ts';

export interface LiveStateServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly table: ServerTableOwner;
  /** The addresses of a server's name have changed. */
  onAddresses(host: string, addresses: readonly string[]): void;
}

export class LiveState {
  readonly health: HealthProber;
  readonly #services: LiveStateServices;
  readonly #resolver: NameResolver;
  #log: LogWriter | null = null;
  #logConfig = '';

  /** @param config of the start: `resolvers` is read once */
  constructor(config: Config, services: LiveStateServices) {
    const { clock, logger, table } = services;
    this.#services = services;
    const lookup = config.resolvers.length === 0 ? systemLookup : new DnsLookup(config.resolvers);
    this.#resolver = new NameResolver(lookup, clock, config.dnsRefresh, {
      onChange: (host, addresses) => services.onAddresses(host, addresses),
      onFailure: (host, error, kept) =>
        logger.warn({ event: 'name-not-resolved', host, kept, reason: error.message }, `${host} cannot be resolved`),
      onRecovery: (host) => logger.info({ event: 'name-resolved', host }, `${host} can be resolved again`),
    });
    this.health = new HealthProber({
      clock,
      table,
      lookup: (host) => this.#resolver.addresses(host)[0] ?? host,
      onChange: (event) => logHealth(logger, event),
    });
  }

  get droppedLogLines(): number {
    return this.#log?.droppedLines ?? 0;
  }

  /** Looks up the names of `config` that are not known yet. @returns all known addresses by host name */
  async resolve(config: Config): Promise<Map<string, readonly string[]>> {
    const hosts = serverHosts(config);
    await this.#resolver.watch(hosts, config.dnsRefresh);
    return new Map([...hosts].map((host) => [host, this.#resolver.addresses(host)]));
  }

  /** Opens the access log that `config` names, if it is another one. @throws the system's error; the old log stays */
  async openLog(config: AccessLogConfig | null): Promise<void> {
    const wanted = JSON.stringify(config);
    if (wanted === this.#logConfig) return;
    const { clock, logger } = this.#services;
    const preamble =
      config?.format === 'w3c' ? { preamble: (wall: number) => w3cPreamble(w3cFieldNames(config), VERSION, wall) } : {};
    const log =
      config === null
        ? null
        : await LogWriter.open({ path: config.path, keep: config.keep, clock, logger, ...preamble });
    const old = this.#log;
    this.#log = log;
    this.#logConfig = wanted;
    await old?.close();
  }

  writeLog(lines: Uint8Array): void {
    this.#log?.write(lines);
  }

  async reopenLog(): Promise<void> {
    await this.#log?.reopen();
  }

  async close(): Promise<void> {
    this.health.close();
    this.#resolver.close();
    await this.#log?.close();
  }
}

function logHealth(logger: Logger, event: HealthEvent): void {
  const { kind, eventId, farm, server, reason, evidence } = event;
  const facts = { event: kind, ...(eventId === null ? {} : { eventId }), farm, server, reason, evidence };
  if (kind === 'serverHealthy') logger.info(facts, `${event.id} is healthy: ${reason}`);
  else if (kind === 'serverUnhealthy') logger.warn(facts, `${event.id} is unhealthy: ${reason}`);
  else logger.warn(facts, `farm ${farm} is at its minimum of servers: ${reason}`);
}
