// Asks given name servers (the configuration's `resolvers`) for A and AAAA records with their TTL. The hosts file is
// not read here: whoever names resolvers wants their answer (DESIGN 5).
import type { RecordWithTtl } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { type NameAnswer, type NameLookup, systemLookup } from './name-lookup.ts';

/** Milliseconds for one try of one name server, and the number of tries: a dead one must not hold a name for long. */
const TRY_TIMEOUT = 2_000;
const TRIES = 2;

/** "There is no such record", as opposed to "nobody could say". */
const NO_RECORD = new Set(['ENODATA', 'ENOTFOUND']);

export class DnsLookup implements NameLookup {
  /** They take no thread. */
  readonly atATime = 64;
  readonly #resolver = new Resolver({ timeout: TRY_TIMEOUT, tries: TRIES });

  /**
   * @param servers `address`, `address:port` or `[v6]:port`, asked in this order
   * @throws TypeError (ERR_INVALID_IP_ADDRESS) when one of them is none of these
   */
  constructor(servers: readonly string[]) {
    this.#resolver.setServers(servers);
  }

  async lookup(host: string): Promise<NameAnswer> {
    // RFC 6761 6.3: localhost is never asked of a name server.
    if (/^(?:.*\.)?localhost\.?$/i.test(host)) return systemLookup.lookup('localhost');
    const families = await Promise.allSettled([
      this.#resolver.resolve4(host, { ttl: true }),
      this.#resolver.resolve6(host, { ttl: true }),
    ]);
    // One family is enough: there are name servers that never answer for AAAA.
    const records = families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
    if (records.length === 0) throw whyNothing(families);
    return {
      addresses: records.map((record) => record.address),
      ttl: Math.min(...records.map((record) => record.ttl)) * 1000,
    };
  }

  cancel(): void {
    this.#resolver.cancel();
  }
}

/** Of two failures the one that says more: a time-out or refusal before "no such record". */
function whyNothing(families: readonly PromiseSettledResult<RecordWithTtl[]>[]): unknown {
  const reasons = families.flatMap((family) => (family.status === 'rejected' ? [family.reason] : []));
  return reasons.find((reason) => !NO_RECORD.has(reason.code)) ?? reasons[0];
}
