// The servers of a host name: those that it has, as far as they serve, and new ones up to the number that it needs (arr.md 7.3).
import type { HostAffinityConfig } from '../../model/farm-config.ts';

/** A server of the farm as it is now. */
export interface HostCandidate {
  address: string;
  /** It takes new work. */
  isAvailable: boolean;
  /** It serves hosts that it has: Active or Draining, and healthy where the farm looks at health. */
  serves: boolean;
  /** What it said at its health test it has free, another object each time; null where it does not say. */
  memory: { readonly bytes: number } | null;
}

/** What a server has of hosts. */
export interface ServerShare {
  hosts: number;
  /** Of these, how many it was given since it last said how much memory it has free. */
  sinceReading: number;
}

/**
 * @param present what the host has until now; its order stays
 * @param wanted how many it needs
 * @returns fewer than wanted where there are not so many; none where none is available
 */
export function chooseServers(
  present: readonly string[],
  candidates: readonly HostCandidate[],
  wanted: number,
  provider: HostAffinityConfig['provider'],
  shareOf: (address: string) => ServerShare | undefined,
): string[] {
  const kept = present.filter((address) => candidates.some((each) => each.address === address && each.serves));
  const chosen = kept.slice(0, wanted);
  while (chosen.length < wanted) {
    const best = bestOf(candidates, chosen, provider, shareOf);
    if (best === null) break;
    chosen.push(best);
  }
  return chosen;
}

/** Of equal ones the first in the order of the farm: so the next host goes to the next server. */
function bestOf(
  candidates: readonly HostCandidate[],
  chosen: readonly string[],
  provider: HostAffinityConfig['provider'],
  shareOf: (address: string) => ServerShare | undefined,
): string | null {
  let best: string | null = null;
  let room = 0;
  let hosts = 0;
  for (const { address, isAvailable, memory } of candidates) {
    if (!isAvailable || chosen.includes(address)) continue;
    const share = shareOf(address);
    const ownHosts = share?.hosts ?? 0;
    // Nobody knows how much a host takes: until the next reading each new one counts as an equal part of what was free. Who says
    // nothing has no room, and comes after all that do.
    const ownRoom =
      provider === 'HostNameMemory' && memory !== null ? memory.bytes / (1 + (share?.sinceReading ?? 0)) : 0;
    if (best !== null && (ownRoom < room || (ownRoom === room && ownHosts >= hosts))) continue;
    best = address;
    room = ownRoom;
    hosts = ownHosts;
  }
  return best;
}
