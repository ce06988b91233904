// Addresses of names that no configuration holds: of origins that requests choose. The control thread is asked when a
// connection is to be opened, and what it says is kept for a while. Clients may choose the names: only so many are kept.
import { RecentMap } from '../../base/recent-map.ts';
import type { FoundName } from '../../model/found-name.ts';

const MOST_NAMES = 4096;
/** How long addresses that are out of date still serve while the name is looked up again, ms: no request waits for that. */
const STALE = 300_000;

interface KnownName {
  addresses: readonly string[];
  /** Why there are none. */
  reason: string;
  /** Monotonic ms: from then on it is looked up again, and from then on its addresses serve no more. */
  askAt: number;
  endsAt: number;
  /** Addresses that did not answer: the next connection goes to the next one. */
  skipped: number;
}

/** Gets an address; null, with the reason, where there is none. */
export type AddressTaker = (address: string | null, reason: string) => void;

export class DemandedNames {
  readonly #ask: (host: string) => void;
  readonly #now: () => number;
  readonly #known = new RecentMap<string, KnownName>(MOST_NAMES);
  /** Names that are being looked up, with who waits for each. */
  readonly #asked = new Map<string, AddressTaker[]>();

  /** @param ask brings a later call of learn(), always; @param now monotonic ms */
  constructor(ask: (host: string) => void, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Tells `take` an address of `host`: at once where one is known. */
  find(host: string, take: AddressTaker): void {
    const known = this.#known.get(host);
    const now = this.#now();
    const serves = known !== undefined && (now < known.askAt || (known.addresses.length > 0 && now < known.endsAt));
    if (!serves) return this.#lookUp(host, take);
    if (now >= known.askAt) this.#lookUp(host, null);
    take(addressOf(known), known.reason);
  }

  #lookUp(host: string, take: AddressTaker | null): void {
    const waiting = this.#asked.get(host);
    if (waiting === undefined) {
      this.#asked.set(host, take === null ? [] : [take]);
      this.#ask(host);
    } else if (take !== null) waiting.push(take);
  }

  /** What the control thread found. @returns whether addresses that were in use are replaced by others */
  learn(host: string, { addresses, reason, keepFor }: FoundName): boolean {
    const now = this.#now();
    const before = this.#known.get(host);
    const had = before?.addresses ?? [];
    // While a name cannot be looked up its last good answer stays (DESIGN 2), for as long as it may.
    const stays = addresses.length === 0 && had.length > 0 && now < before!.endsAt;
    const known: KnownName = {
      addresses: stays ? had : addresses,
      reason,
      askAt: now + keepFor,
      endsAt: stays ? before!.endsAt : now + keepFor + STALE,
      skipped: before?.skipped ?? 0,
    };
    this.#known.set(host, known);
    const waiting = this.#asked.get(host) ?? [];
    this.#asked.delete(host);
    for (const take of waiting) take(addressOf(known), reason);
    return had.length > 0 && !isSameSet(had, known.addresses);
  }

  /** An address of `host` did not answer. */
  skip(host: string): void {
    const known = this.#known.get(host);
    if (known !== undefined) known.skipped++;
  }

  /** How many addresses `host` is known to have. */
  count(host: string): number {
    return this.#known.get(host)?.addresses.length ?? 0;
  }
}

function addressOf({ addresses, skipped }: KnownName): string | null {
  return addresses[skipped % addresses.length] ?? null;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((address) => b.includes(address));
}
