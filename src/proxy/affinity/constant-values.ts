// The plain kind of affinity value: one opaque constant for each server, computed when the farm is compiled (DESIGN 6).
// It is looked up, never decoded, and grants no rights.
import { createHash, createHmac } from 'node:crypto';
import type { Server } from '../../model/farm.ts';
import type { Binding, BindingValues } from './binding-values.ts';

export class ConstantValues implements BindingValues {
  readonly #bindings = new Map<string, Binding>();
  readonly #issued: readonly string[];

  /**
   * @param secrets the first makes values, all are accepted
   * @param writesArrValue whether ARR's own value is issued; it is accepted either way
   */
  constructor(farmName: string, servers: readonly Server[], secrets: readonly string[], writesArrValue: boolean) {
    const [current] = secrets as [string, ...string[]];
    this.#issued = servers.map(({ address }) =>
      writesArrValue ? arrHash(address) : constantOf(current, farmName, address),
    );
    const hostCounts = countHosts(servers);
    for (const server of servers) {
      const renewed = { server, renew: true };
      for (const name of arrNamesOf(server, hostCounts)) this.#bindings.set(arrHash(name), renewed);
      for (const secret of secrets) this.#bindings.set(constantOf(secret, farmName, server.address), renewed);
    }
    for (const server of servers) this.#bindings.set(this.issue(server), { server, renew: false });
  }

  read(value: string): Binding | null {
    const binding = this.#bindings.get(value);
    if (binding !== undefined) return binding;
    // Written while a lifetime was set: the constant stands before the first dot (TimedValues).
    const dot = value.indexOf('.');
    const timed = dot === -1 ? undefined : this.#bindings.get(value.slice(0, dot));
    return timed === undefined ? null : { server: timed.server, renew: true };
  }

  issue(server: Server): string {
    return this.#issued[server.index]!;
  }

  renew(_value: string, server: Server): string {
    return this.issue(server);
  }
}

/** 43 characters of base64url: HMAC-SHA-256 of farm and address (arr.md 7.2). Names of farms differ in more than case. */
function constantOf(secret: string, farmName: string, address: string): string {
  return createHmac('sha256', secret).update(`server\0${farmName.toLowerCase()}\0${address}`).digest('base64url');
}

/**
 * What ARR may have hashed: the address, which in ARR is a host without a port (arr.md 5.2). So the bare host counts too, where
 * only one server has it.
 */
function arrNamesOf(server: Server, hostCounts: ReadonlyMap<string, number>): string[] {
  const host = hostOf(server);
  return host !== null && hostCounts.get(host) === 1 ? [server.address, host] : [server.address];
}

function countHosts(servers: readonly Server[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const host of servers.map(hostOf)) if (host !== null) counts.set(host, (counts.get(host) ?? 0) + 1);
  return counts;
}

/** In lower case, without a port; null for a socket file. */
function hostOf({ config: { target } }: Server): string | null {
  return target.kind === 'unix' ? null : target.host.toLowerCase();
}

/** ARR's own value, accepted during a migration: SHA-256 of the lower-cased name in UTF-16LE, upper-case hex (DESIGN 6). */
function arrHash(serverName: string): string {
  return createHash('sha256').update(Buffer.from(serverName.toLowerCase(), 'utf16le')).digest('hex').toUpperCase();
}
