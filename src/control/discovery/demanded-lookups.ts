// Looks up names that requests choose (origins), beside those that a configuration holds. Clients can make these many and slow,
// so only a few look-ups run at a time and only so many wait; the names of a configuration never wait behind them.
import type { FoundName } from '../../model/found-name.ts';
import type { NameLookup } from './name-lookup.ts';

/** How long a failure is believed, ms. */
const KEEP_FAILURE = 5_000;
/** A TTL below this is not obeyed: some name servers say 0. */
const SHORTEST = 1_000;
const MOST_WAITING = 1_000;
const AT_A_TIME = 2;

export class DemandedLookups {
  readonly #onFound: (host: string, found: FoundName) => void;
  #lookup: NameLookup;
  /** The longest that an answer is kept, ms (`dnsRefresh`). */
  refresh: number;
  /** Names that are being looked up, or wait for it. */
  readonly #wanted = new Set<string>();
  readonly #waiting: string[] = [];
  #running = 0;

  /** @param onFound hears once of each name that was wanted */
  constructor(lookup: NameLookup, refresh: number, onFound: (host: string, found: FoundName) => void) {
    this.#lookup = lookup;
    this.refresh = refresh;
    this.#onFound = onFound;
  }

  /** Asks through `lookup` from the next question on. */
  askThrough(lookup: NameLookup): void {
    this.#lookup = lookup;
  }

  /** A worker wants the addresses of `host`; asked again meanwhile, it is the same question. */
  want(host: string): void {
    if (this.#wanted.has(host)) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#onFound(host, { addresses: [], reason: 'too many names are being looked up', keepFor: SHORTEST });
      return;
    }
    this.#wanted.add(host);
    this.#waiting.push(host);
    this.#startNext();
  }

  /** Nobody is told of anything any more. */
  close(): void {
    this.#waiting.length = 0;
    this.#wanted.clear();
  }

  #startNext(): void {
    while (this.#running < (this.#lookup.atATime ?? AT_A_TIME) && this.#waiting.length > 0) {
      this.#running++;
      void this.#find(this.#waiting.shift()!);
    }
  }

  async #find(host: string): Promise<void> {
    const answer = await this.#lookup.lookup(host).catch((error: NodeJS.ErrnoException) => error);
    this.#running--;
    if (this.#wanted.delete(host)) {
      const failed = answer instanceof Error;
      const kept = failed ? KEEP_FAILURE : Math.max(SHORTEST, Math.min(answer.ttl ?? this.refresh, this.refresh));
      this.#onFound(host, {
        addresses: failed ? [] : answer.addresses,
        reason: failed ? (answer.code ?? answer.message) : '',
        keepFor: kept,
      });
    }
    this.#startNext();
  }
}
