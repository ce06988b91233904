// Members and weights of farms, and whether a farm is online.
import { readServers } from '../../control/config/read-servers.ts';
import { type MemberOperations, type NewServer, OperationError } from '../../model/farm-operations.ts';
import type { Running } from '../running.ts';
import { checkPersist } from './check-persist.ts';
import { findFarm, findServer } from './find-server.ts';

const MOST_WEIGHT = 4_294_967_295;

export function memberOperations(running: Running): MemberOperations {
  const { control } = running;
  const { changes } = control;

  /** Brings a change into force, or takes it back. */
  async function apply(change: () => void, undo: () => void): Promise<void> {
    change();
    try {
      await control.reapply();
    } catch (error) {
      undo();
      throw new OperationError('invalid', (error as Error).message);
    }
  }

  return {
    async add(farmName, server, { persist = false }) {
      checkPersist(running, { persist });
      const farm = findFarm(running, farmName);
      const { address } = readOne(server);
      const present = farm.servers.find((each) => each.address === address);
      if (present !== undefined && !present.leaving) {
        throw new OperationError('conflict', `farm ${farm.name} has the server ${address} already`);
      }
      // The server that the configuration has comes back as it is there, unless other settings are given.
      const isOwn = Object.keys(server).length === 1 && isConfigured(running, farm.name, address);
      await apply(
        () => (isOwn ? changes.restore(farm.name, address, persist) : changes.add(farm.name, address, server, persist)),
        () => changes.remove(farm.name, address, persist),
      );
      return { what: 'member', farm: farm.name, server: address, before: null, after: server };
    },
    async remove(farmName, address, { persist = false }) {
      checkPersist(running, { persist });
      const { farm, server } = findServer(running, farmName, address);
      if (server.leaving) throw new OperationError('conflict', `${farm.name}/${address} is leaving the farm already`);
      const written = (changes.addedServer(farm.name, address) ?? { address }) as NewServer;
      await apply(
        () => changes.remove(farm.name, address, persist),
        () => changes.restore(farm.name, address, persist),
      );
      return { what: 'member', farm: farm.name, server: address, before: written, after: null };
    },
    async setWeight(farmName, address, weight, { persist = false }) {
      checkPersist(running, { persist });
      const { farm } = findServer(running, farmName, address);
      if (weight !== null && !(Number.isInteger(weight) && weight >= 1 && weight <= MOST_WEIGHT)) {
        throw new OperationError('invalid', `expected a whole number from 1 to ${MOST_WEIGHT}, got ${weight}`);
      }
      const before = changes.override(farm.name, address)?.weight ?? null;
      await apply(
        () => changes.setWeight(farm.name, address, weight, persist),
        () => changes.setWeight(farm.name, address, before, persist),
      );
      return { what: 'weight', farm: farm.name, server: address, before, after: weight };
    },
    async setFarmEnabled(farmName, enabled, { persist = false }) {
      checkPersist(running, { persist });
      const farm = findFarm(running, farmName);
      const before = changes.farmEnabled(farm.name);
      await apply(
        () => changes.setFarmEnabled(farm.name, enabled, persist),
        () => changes.setFarmEnabled(farm.name, before, persist),
      );
      control.webhooks.send('farmState', { farm: farm.name, enabled: findFarm(running, farm.name).enabled });
      return { what: 'farm', farm: farm.name, before, after: enabled };
    },
  };
}

function isConfigured({ written, control }: Running, farmName: string, address: string): boolean {
  const farm = written.config.farms.find(({ name }) => name === farmName);
  const members = [...(farm?.servers ?? []), ...control.memberships.serversOf(farmName)];
  return members.some((server) => server.address === address);
}

function readOne(server: NewServer) {
  try {
    return readServers([server], 'operator')[0]!;
  } catch (error) {
    throw new OperationError('invalid', (error as Error).message);
  }
}
