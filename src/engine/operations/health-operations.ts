// The health of servers by hand: marks, a test now, and what happened.
import { parseCodeRanges } from '../../model/code-ranges.ts';
import { type Change, type HealthOperations, OperationError } from '../../model/farm-operations.ts';
import type { Running } from '../running.ts';
import { findServer } from './find-server.ts';

export function healthOperations(running: Running): HealthOperations {
  const { health } = running.live;
  const mark = (farmName: string, address: string, healthy: boolean): Change => {
    const { farm, id, server } = findServer(running, farmName, address);
    if (!server.enabled) throw new OperationError('conflict', `${id} is not enabled: it has no health`);
    const before = health.evidence(id)?.healthy ?? true;
    if (healthy) health.setHealthy(id);
    else health.setUnhealthy(id);
    return { what: 'health', farm: farm.name, server: address, before, after: healthy };
  };
  return {
    setHealthy: async (farm, server) => mark(farm, server, true),
    setUnhealthy: async (farm, server) => mark(farm, server, false),
    async test(farmName, address, { url, timeout, statusCodeMatch, responseMatch }) {
      const { farm, server, id } = findServer(running, farmName, address);
      const codes = statusCodeMatch === undefined ? undefined : parseCodeRanges(statusCodeMatch);
      if (codes === null) throw new OperationError('invalid', `"${statusCodeMatch}" is not a list of status codes`);
      const result = await health.testNow(farm, server, {
        ...(url === undefined ? {} : { url }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(codes === undefined ? {} : { statusCodeMatch: codes }),
        ...(responseMatch === undefined ? {} : { responseMatch }),
      });
      if (result === null)
        throw new OperationError('invalid', `farm ${farm.name} has no URL test: give a url to test ${id}`);
      return result;
    },
    history: (farm, server) => health.history(findServer(running, farm, server).id),
  };
}
