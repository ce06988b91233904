// Virtual servers as written → VirtualServerConfig, and what is wrong with one that its listener alone shows.
import { virtualServerLimits } from '../../l4/schema.ts';
import type { ConfigPath, VirtualServerConfig } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';

type WrittenListener = Written['listeners'][string];

/** @param listener its protocol is tcp */
export function buildVirtualServer({ farm, pools, limits }: WrittenListener): VirtualServerConfig {
  const { connectionRate, ...rest } = limits ?? virtualServerLimits.parse({});
  return { farm: farm ?? null, pools: pools ?? [], limits: { ...rest, connectionRate: connectionRate ?? null } };
}

export function checkVirtualServer(listener: WrittenListener, path: ConfigPath, problems: ProblemList): void {
  if (listener.protocol === 'http') return refuseKeys(listener, path, problems);
  const { farm, pools = [], tls } = listener;
  if (farm === undefined && pools.length === 0)
    problems.error(path, 'a tcp listener needs a farm', 'add farm: the name of the farm its connections go to');
  if (tls !== undefined)
    problems.error(
      [...path, 'tls'],
      'a tcp listener passes TLS on as it is',
      'remove it: the servers have the certificates',
    );
  pools.forEach((pool, index) => {
    const at: ConfigPath = [...path, 'pools', index];
    const byHello = pool.serverNames.length + pool.protocols.length > 0;
    const byBytes = pool.firstBytes.length > 0;
    if (!byHello && !byBytes) {
      problems.error(at, 'nothing says which connections this pool is for', 'add serverNames, protocols or firstBytes');
    } else if (byHello && byBytes) {
      problems.error(
        [...at, 'firstBytes'],
        'a connection begins with a ClientHello or with other bytes, not with both',
        'make it two pools',
      );
    }
  });
}

function refuseKeys(listener: WrittenListener, path: ConfigPath, problems: ProblemList): void {
  if (listener.farm !== undefined)
    problems.error([...path, 'farm'], 'only a tcp listener has a farm', 'rules choose the farm of an http listener');
  if (listener.pools !== undefined)
    problems.error([...path, 'pools'], 'only a tcp listener has pools', 'rules choose the farm of an http listener');
  if (listener.limits !== undefined)
    problems.error([...path, 'limits'], 'only a tcp listener has limits of its own', 'write them at the root');
}
