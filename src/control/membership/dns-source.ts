// Servers from DNS: the addresses of a name, or the targets of SRV records (RFC 2782).
import { Resolver } from 'node:dns/promises';
import type { MembershipSourceConfig, ServerConfig } from '../../model/farm-config.ts';
import { serverDefaults } from '../../model/farm-defaults.ts';
import type { MembershipSource } from './source.ts';

/** Of SRV the lowest priority is used first, of groups the highest number. */
const HIGHEST_GROUP = 65_535;

export class DnsSource implements MembershipSource {
  readonly name: string;
  readonly interval: number;
  readonly #config: Extract<MembershipSourceConfig, { kind: 'dns' }>;
  readonly #resolver = new Resolver({ timeout: 2000, tries: 2 });

  /** @param resolvers name servers to ask; none: those of the system */
  constructor(config: Extract<MembershipSourceConfig, { kind: 'dns' }>, resolvers: readonly string[]) {
    this.#config = config;
    this.name = `${config.type} ${config.name}`;
    this.interval = config.interval;
    if (resolvers.length > 0) this.#resolver.setServers(resolvers);
  }

  async read(): Promise<ServerConfig[]> {
    const servers = this.#config.type === 'SRV' ? await this.#targets() : await this.#addresses();
    const byAddress = new Map(servers.map((server) => [server.address, server]));
    // The order of answers changes from one to the next; that of the servers must not.
    return [...byAddress.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  close(): void {
    this.#resolver.cancel();
  }

  async #addresses(): Promise<ServerConfig[]> {
    const { name, port } = this.#config;
    const families = await Promise.allSettled([this.#resolver.resolve4(name), this.#resolver.resolve6(name)]);
    const addresses = families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
    if (addresses.length === 0) throw families.find((family) => family.status === 'rejected')!.reason;
    return addresses.map((address) => this.#server(address, port));
  }

  async #targets(): Promise<ServerConfig[]> {
    const records = await this.#resolver.resolveSrv(this.#config.name);
    return records.map(({ name, port, priority, weight }) => ({
      ...this.#server(name, port),
      priorityGroup: HIGHEST_GROUP - priority,
      weight: Math.max(1, weight),
    }));
  }

  #server(host: string, port: number): ServerConfig {
    return {
      ...serverDefaults(),
      address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
      target: { kind: 'tcp', host },
      httpPort: port,
      httpsPort: port,
      source: this.name,
    };
  }
}
