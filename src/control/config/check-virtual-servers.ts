// Virtual servers and their farms: what only both together show.
import { closestWord } from '../../base/closest-word.ts';
import type { Config, ConfigPath } from '../../model/config.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { balancingMethod, hashesAddress, isHashing } from '../../model/load-balancing.ts';
import type { ProblemList } from './problem-list.ts';

interface Reference {
  readonly farm: string;
  readonly path: ConfigPath;
}

/** Names of farms that virtual servers pass connections to, lower case. */
export function farmsOfVirtualServers(config: Config): Set<string> {
  return new Set(references(config).map(({ farm }) => farm.toLowerCase()));
}

/** @param farms names of all that are written, those at fault too */
export function checkVirtualServers(config: Config, farms: readonly string[], problems: ProblemList): void {
  const told = new Set<FarmConfig>();
  for (const { farm: name, path } of references(config)) {
    if (!farms.some((known) => known.toLowerCase() === name.toLowerCase())) {
      const near = closestWord(name, farms);
      problems.error(path, `there is no farm "${name}"`, near ? `did you mean "${near}"?` : 'add it to farms');
    }
    const farm = config.farms.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (farm === undefined || told.has(farm)) continue;
    told.add(farm);
    checkMethod(farm, path, problems);
    warnOfAffinity(farm, problems);
  }
}

function references({ listeners }: Config): Reference[] {
  return listeners.flatMap(({ name, virtualServer }): Reference[] => {
    if (virtualServer === null) return [];
    const { farm, pools } = virtualServer;
    const path: ConfigPath = ['listeners', name];
    const ofPools = pools.map((pool, index) => ({ farm: pool.farm, path: [...path, 'pools', index, 'farm'] }));
    return farm === null ? ofPools : [{ farm, path: [...path, 'farm'] }, ...ofPools];
  });
}

/** A connection has no URL and no header: only the address of the client can be hashed. */
function checkMethod({ name, loadBalancing }: FarmConfig, path: ConfigPath, problems: ProblemList): void {
  const method = balancingMethod(loadBalancing.algorithm);
  if (method !== undefined && (!isHashing(method) || hashesAddress(loadBalancing))) return;
  const message = `farm "${name}" is balanced by ${loadBalancing.algorithm}, which needs requests: a tcp listener has connections only`;
  const suggestion =
    method === undefined
      ? 'take one of the methods that Narrows brings'
      : 'take another method, or hashServerVariable: REMOTE_ADDR';
  problems.error(path, message, suggestion);
}

function warnOfAffinity({ name, affinity }: FarmConfig, problems: ProblemList): void {
  const { by, useCookie, hostName, whenServerGone } = affinity;
  const path: ConfigPath = ['farms', name, 'affinity'];
  const byAddress = by?.kind === 'variable' && by.name.toUpperCase() === 'REMOTE_ADDR';
  if (byAddress) {
    if (whenServerGone !== 'wait') return;
    problems.warning(
      [...path, 'whenServerGone'],
      'connections of tcp listeners do not wait for their server: they are closed',
    );
    return;
  }
  if (!useCookie && by === null && hostName === null) return;
  const message = `this affinity has no effect on connections of tcp listeners, which farm "${name}" has too`;
  problems.warning(path, message, 'by: variable with name: REMOTE_ADDR binds both by the address of the client');
}
