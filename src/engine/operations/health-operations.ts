// The health of servers by hand: marks, a test now, and what happened.
import { readTestUrl } from '../../control/health/test-url.ts';
import { parseCodeRanges } from '../../model/code-ranges.ts';
import type { UrlTestConfig } from '../../model/farm-config.ts';
import { type Change, type HealthOperations, OperationError } from '../../model/farm-operations.ts';
import type { Running } from '../running.ts';
import { findServer } from './find-server.ts';

/** Longest time-out of a test, as in the configuration, ms. */
const LONGEST_TEST = 86_400_000;

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
    async test(farmName, address, changes) {
      const { farm, server, id } = findServer(running, farmName, address);
      const result = await health.testNow(farm, server, readChanges(changes));
      if (result === null) throw new OperationError('invalid', `${id} has no URL test: give a url to test it`);
      return result;
    },
    history: (farm, server) => health.history(findServer(running, farm, server).id),
  };
}

type Changes = Parameters<HealthOperations['test']>[2];

/** @throws OperationError invalid */
function readChanges({ url, timeout, statusCodeMatch, responseMatch }: Changes): Partial<UrlTestConfig> {
  const changes: Partial<UrlTestConfig> = {};
  if (url !== undefined)
    changes.url = readTestUrl(url) ?? refuse(url, 'a URL to test', 'a path, an http or https URL, or tcp:');
  if (timeout !== undefined) {
    if (!(timeout > 0 && timeout <= LONGEST_TEST)) refuse(timeout, 'a time-out', 'milliseconds, at most a day');
    changes.timeout = timeout;
  }
  if (statusCodeMatch !== undefined)
    changes.statusCodeMatch =
      parseCodeRanges(statusCodeMatch) ??
      refuse(statusCodeMatch, 'a list of status codes', 'codes such as 200-399, 404');
  if (responseMatch !== undefined) changes.responseMatch = responseMatch;
  return changes;
}

function refuse(written: unknown, what: string, right: string): never {
  throw new OperationError('invalid', `${JSON.stringify(written)} is not ${what}: write ${right}`);
}
