// Who wins a tie: the first in the configuration, or with randomizeLBTies (arr.md 6.1) an order drawn from a seed.
// It is drawn once for a list and not for each pick, so that all workers of a process compile the same cycle.
import type { Server } from '../../model/farm.ts';

/** Indexes of `servers`, first winner first. @param seed null: configuration order */
export function tieOrder(servers: readonly Server[], seed: number | null): number[] {
  const indexes = servers.map((_, index) => index);
  if (seed === null) return indexes;
  const keys = servers.map((server) => seededHash(server.id, seed));
  return indexes.sort((a, b) => keys[a]! - keys[b]! || a - b);
}

/** FNV-1a over the seed's and the text's code units, mixed once more so that neighbouring names scatter. */
function seededHash(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
