// Host names and their servers (arr.md 7.3: LookupHostName, LookupServer, RemoveMapping).
import type { FarmConfig } from '../../model/farm-config.ts';
import { type Change, type HostOperations, OperationError } from '../../model/farm-operations.ts';
import type { Running } from '../running.ts';
import { findFarm } from './find-server.ts';

export function hostOperations(running: Running): HostOperations {
  const { hosts } = running;
  const mapped = (name: string): FarmConfig => {
    const farm = findFarm(running, name);
    if (farm.affinity.hostName !== null) return farm;
    throw new OperationError('conflict', `farm ${farm.name} maps no host names: affinity.useHostName is false`);
  };
  const assign = (farm: FarmConfig, wanted: readonly { host: string; servers: readonly string[] }[]): Change[] => {
    const before = hosts.assign(farm.name, wanted);
    return wanted.map(({ host, servers }, index) => {
      return { what: 'hostMapping', farm: farm.name, host, before: [...(before[index] ?? [])], after: [...servers] };
    });
  };
  return {
    mappings(name, { host, ...filter }) {
      const farm = mapped(name).name;
      return hosts.list(farm, { ...filter, ...(host === undefined ? {} : { host: hosts.nameOf(farm, host) }) });
    },
    async remove(name, host, server) {
      const farm = mapped(name);
      const key = hosts.nameOf(farm.name, host);
      const servers = hosts.peek(farm.name, key) ?? [];
      if (servers.length === 0 || (server !== undefined && !servers.includes(server))) {
        const at = server === undefined ? 'to no server' : `not to ${server}`;
        throw new OperationError('notFound', `${key} is mapped ${at} of farm ${farm.name}`);
      }
      const left = server === undefined ? [] : servers.filter((address) => address !== server);
      return assign(farm, [{ host: key, servers: left }])[0]!;
    },
    rebalancePlan: (name) => hosts.plan(mapped(name)),
    async rebalance(name) {
      const farm = mapped(name);
      const moves = hosts.plan(farm);
      return assign(
        farm,
        moves.map(({ host, to }) => ({ host, servers: to })),
      );
    },
    async assign(name, host, servers) {
      const farm = mapped(name);
      const unknown = servers.find((address) => !farm.servers.some((server) => server.address === address));
      if (unknown !== undefined) throw new OperationError('invalid', `farm ${farm.name} has no server "${unknown}"`);
      return assign(farm, [{ host: hosts.nameOf(farm.name, host), servers: [...new Set(servers)] }])[0]!;
    },
  };
}
