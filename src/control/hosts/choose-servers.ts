// The servers of a host name: those that it has, as far as they serve, and new ones up to the number that it needs (arr.md 7.3).
import type { HostAffinityConfig } from '../../model/farm-config.ts';

/** A server of the farm as it is now. */
export interface HostCandidate {
  address: string;
  /** It takes new work: healthy and Active. */
  isAvailable: boolean;
  /** It serves hosts that it has: healthy, and Active or Draining. */
  serves: boolean;
  /** Bytes that it has free, as it said at its latest health test; null where it does not say. */
  memoryAvailable: number | null;
}

/**
 * @param present what the host has until now; its order stays
 * @param wanted how many it needs
 * @param counts hosts of each server
 * @returns fewer than wanted where there are not so many; none where none is available
 */
export function chooseServers(
  present: readonly string[],
  candidates: readonly HostCandidate[],
  wanted: number,
  provider: HostAffinityConfig['provider'],
  counts: ReadonlyMap<string, number>,
): string[] {
  const kept = present.filter((address) => candidates.some((each) => each.address === address && each.serves));
  const chosen = kept.slice(0, wanted);
  const free = candidates.filter(({ address, isAvailable }) => isAvailable && !chosen.includes(address));
  const score =
    provider === 'HostNameMemory' ? memoryScore(counts) : ({ address }: HostCandidate) => counts.get(address) ?? 0;
  // Equal ones in the order of the farm: so the next host goes to the next server.
  const inTurn = free.map((each) => ({ each, score: score(each) })).sort((a, b) => a.score - b.score);
  return [...chosen, ...inTurn.slice(0, wanted - chosen.length).map(({ each }) => each.address)];
}

/** What a host is assumed to take until the server says how much is left, bytes. */
const HOST_SIZE = 64 * 1024 * 1024;

/** Most free memory first; a server that says nothing comes after all that do. */
function memoryScore(counts: ReadonlyMap<string, number>) {
  return ({ address, memoryAvailable }: HostCandidate): number => {
    const hosts = counts.get(address) ?? 0;
    return memoryAvailable === null ? hosts : hosts * HOST_SIZE - memoryAvailable - Number.MAX_SAFE_INTEGER / 2;
  };
}
