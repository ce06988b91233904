// The sources of all farms: which servers each farm has from them now.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { FarmConfig, MembershipSourceConfig, ServerConfig } from '../../model/farm-config.ts';
import { DnsSource } from './dns-source.ts';
import { FileSource } from './file-source.ts';
import { FollowedSource } from './followed-source.ts';
import { HttpSource } from './http-source.ts';
import type { MembershipSource, ParseServers } from './source.ts';
import { writtenServer } from './written-server.ts';

/** How long a start or a reload waits for sources that were never asked, ms. */
const PATIENCE = 2000;

export interface MembershipServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly parse: ParseServers;
  /** What sources said last, by farm and source, kept over restarts. */
  readonly kept: { read(): unknown; write(value: unknown): boolean };
  /** The servers of a farm are others now. */
  onChange(farm: string): void;
}

/** By farm and name of the source: servers as lists have them. */
type LastGood = Record<string, Record<string, object[]>>;

export class Memberships {
  readonly #services: MembershipServices;
  /** By farm, then by what the source is. */
  readonly #farms = new Map<string, Map<string, FollowedSource>>();
  readonly #lastGood: LastGood;

  constructor(services: MembershipServices) {
    this.#services = services;
    const kept = services.kept.read();
    this.#lastGood = typeof kept === 'object' && kept !== null ? (kept as LastGood) : {};
  }

  /**
   * Follows the sources of these farms from now on; one that stays goes on undisturbed. Resolves when the new ones have been asked, at the
   * latest after PATIENCE.
   */
  async follow(farms: readonly FarmConfig[], resolvers: readonly string[]): Promise<void> {
    const asked: Promise<void>[] = [];
    const wanted = new Map(farms.map(({ name, serversFrom }) => [name, serversFrom]));
    for (const [name, sources] of this.#farms) if (!wanted.has(name)) this.#close(name, sources);
    for (const [name, configs] of wanted) {
      const known = this.#farms.get(name) ?? new Map<string, FollowedSource>();
      const next = new Map<string, FollowedSource>();
      for (const config of configs) {
        const key = JSON.stringify([config, resolvers]);
        const source = known.get(key) ?? this.#followed(name, config, resolvers);
        if (!known.has(key)) asked.push(source.look());
        next.set(key, source);
      }
      for (const [key, source] of known) if (!next.has(key)) source.close();
      if (next.size > 0) this.#farms.set(name, next);
      else this.#farms.delete(name);
    }
    if (asked.length > 0) await this.#atMost(Promise.all(asked));
  }

  /** Of all sources of the farm, in their order; an address that two of them name stands once. */
  serversOf(farm: string): ServerConfig[] {
    const servers = [...(this.#farms.get(farm)?.values() ?? [])].flatMap((source) => source.servers);
    return [...new Map(servers.map((server) => [server.address, server])).values()];
  }

  close(): void {
    for (const [name, sources] of this.#farms) this.#close(name, sources);
  }

  #close(name: string, sources: ReadonlyMap<string, FollowedSource>): void {
    for (const source of sources.values()) source.close();
    this.#farms.delete(name);
  }

  #followed(farm: string, config: MembershipSourceConfig, resolvers: readonly string[]): FollowedSource {
    const { clock, logger, onChange } = this.#services;
    const source = this.#sourceOf(config, resolvers);
    const lastGood = this.#lastGoodOf(farm, source.name);
    const facts = { farm, source: source.name };
    const followed = new FollowedSource(source, clock, lastGood, {
      onChange: (servers) => {
        this.#keep(farm, source.name, servers);
        const addresses = servers.map(({ address }) => address);
        logger.info({ event: 'servers-changed', ...facts, servers: addresses }, `${source.name} names other servers`);
        onChange(farm);
      },
      onFault: (reason) =>
        logger.warn(
          { event: 'servers-source-failed', ...facts, reason },
          followed.servers.length > 0
            ? `farm ${farm} keeps the servers that ${source.name} named last: ${reason}`
            : `farm ${farm} has no servers from ${source.name}: ${reason}`,
        ),
      onRecovery: () =>
        logger.info({ event: 'servers-source-recovered', ...facts }, `${source.name} names servers again`),
    });
    return followed;
  }

  #lastGoodOf(farm: string, source: string): ServerConfig[] {
    const kept = this.#lastGood[farm]?.[source];
    if (!Array.isArray(kept)) return [];
    try {
      return this.#services.parse(JSON.stringify(kept), source);
    } catch (error) {
      const reason = (error as Error).message;
      const message = `what ${source} named last for farm ${farm} cannot be used: ${reason}`;
      this.#services.logger.warn({ event: 'state-file', farm, source, reason }, message);
      return [];
    }
  }

  #sourceOf(config: MembershipSourceConfig, resolvers: readonly string[]): MembershipSource {
    if (config.kind === 'file') return new FileSource(config.path, this.#services.parse);
    if (config.kind === 'http') return new HttpSource(config, this.#services.parse);
    return new DnsSource(config, resolvers);
  }

  #keep(farm: string, source: string, servers: readonly ServerConfig[]): void {
    this.#lastGood[farm] = { ...this.#lastGood[farm], [source]: servers.map(writtenServer) };
    this.#services.kept.write(this.#lastGood);
  }

  #atMost(asked: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#services.clock.after(PATIENCE, resolve);
      void asked.then(() => {
        callOff();
        resolve();
      });
    });
  }
}
