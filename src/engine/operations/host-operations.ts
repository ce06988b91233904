// Host names and their servers (arr.md 7.3: LookupHostName, LookupServer, RemoveMapping).
import type { FarmConfig } from '../../model/farm-config.ts';
import { type Change, type HostOperations, OperationError } from '../../model/farm-operations.ts';
import { affinityHost } from '../../model/host-name.ts';
import type { Running } from '../running.ts';
import { findFarm } from './find-server.ts';

export function hostOperations(running: Running): HostOperations {
  const { hosts } = running;
  const mapped = (name: string): FarmConfig => {
    const farm = findFarm(running, name);
    if (farm.affinity.hostName !== null) return farm;
    throw new OperationError('conflict', `farm ${farm.name} maps no host names: affinity.useHostName is false`);
  };
  const nameOf = (farm: FarmConfig, host: string) => affinityHost(host, farm.affinity.hostName!.labels);
  const assign = (farm: FarmConfig, host: string, servers: readonly string[]): Change => {
    const unknown = servers.find((address) => !farm.servers.some((server) => server.address === address));
    if (unknown !== undefined) throw new OperationError('invalid', `farm ${farm.name} has no server "${unknown}"`);
    const before = hosts.assign(farm.name, host, servers);
    return { what: 'hostMapping', farm: farm.name, host, before: before ?? [], after: [...servers] };
  };
  return {
    mappings(name, { host, ...filter }) {
      const farm = mapped(name);
      return hosts.list(farm.name, { ...filter, ...(host === undefined ? {} : { host: nameOf(farm, host) }) });
    },
    async remove(name, host, server) {
      const farm = mapped(name);
      const key = nameOf(farm, host);
      const before = hosts.remove(farm.name, key, server);
      if (before === null) {
        const at = server === undefined ? 'to no server' : `not to ${server}`;
        throw new OperationError('notFound', `${key} is mapped ${at} of farm ${farm.name}`);
      }
      const after = server === undefined ? [] : before.filter((address) => address !== server);
      return { what: 'hostMapping', farm: farm.name, host: key, before, after };
    },
    rebalancePlan: (name) => hosts.plan(mapped(name)),
    async rebalance(name) {
      const farm = mapped(name);
      return hosts.plan(farm).map(({ host, to }) => assign(farm, host, to));
    },
    async assign(name, host, servers) {
      const farm = mapped(name);
      return assign(farm, nameOf(farm, host), servers);
    },
  };
}
