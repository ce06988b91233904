// One question to the name service: which addresses does this host have now? The answer through the system;
// dns-lookup.ts is the one through name servers of our own choice.
import { lookup } from 'node:dns/promises';

export interface NameAnswer {
  /** IPv4 and IPv6 addresses, the preferred first; never empty. */
  readonly addresses: readonly string[];
  /** Milliseconds for which the answer may be kept; null when the source does not say. */
  readonly ttl: number | null;
}

export interface NameLookup {
  /** Rejects when the name has no address, or nobody could be asked. */
  lookup(host: string): Promise<NameAnswer>;
  /** How many questions of clients' choice may be under way [2]. */
  readonly atATime?: number;
  /** Ends questions under way: their promises reject. */
  cancel?(): void;
}

/**
 * Asks as every other program here does: hosts file, nsswitch.conf, resolv.conf. It gives no TTL (DESIGN 5). Node gives it half of
 * the threads that it shares with files, two of four: with two questions of clients' choice under way, the next thread that is
 * free is for the name of a server.
 */
export const systemLookup: NameLookup = {
  atATime: 2,
  async lookup(host) {
    const found = await lookup(host, { all: true });
    return { addresses: found.map((entry) => entry.address), ttl: null };
  },
};
