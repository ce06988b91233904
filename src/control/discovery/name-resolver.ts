// Keeps the addresses of host names: the control thread alone resolves, workers get addresses (DESIGN 2). A name is
// asked for again and again; while it cannot be answered the last good answer stays.
import { isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { NameAnswer, NameLookup } from './name-lookup.ts';

/** What the owner is told. */
export interface NameEvents {
  /** The set of addresses of `host` is another one than before; never for the same set in another order. */
  onChange(host: string, addresses: readonly string[]): void;
  /** The first failure in a row; `kept` are the addresses that stay in use, none if there never was an answer. */
  onFailure(host: string, error: Error, kept: readonly string[]): void;
  /** The first answer after failures. */
  onRecovery(host: string): void;
}

/** A TTL below this is not obeyed: some name servers say 0, and would be asked without end. */
const SHORTEST_REFRESH = 1_000;

interface WatchedName {
  readonly host: string;
  addresses: readonly string[];
  /** In a row. */
  failures: number;
  cancelRefresh: () => void;
}

const NONE: readonly string[] = [];

export class NameResolver {
  #lookup: NameLookup;
  readonly #clock: Clock;
  readonly #events: NameEvents;
  #refresh: number;
  readonly #names = new Map<string, WatchedName>();

  /** @param refresh milliseconds after which a name is asked for again, sooner when its TTL is shorter (`dnsRefresh`) */
  constructor(lookup: NameLookup, clock: Clock, refresh: number, events: NameEvents) {
    this.#lookup = lookup;
    this.#clock = clock;
    this.#refresh = refresh;
    this.#events = events;
  }

  /**
   * Watches exactly these hosts from now on; IP literals among them are left alone. Names that were watched before keep
   * their addresses, others are forgotten.
   * @param refresh a new `dnsRefresh`; it takes effect when each name is next asked for
   * @returns settled when each new name was answered or failed once; it never rejects
   */
  async watch(hosts: ReadonlySet<string>, refresh = this.#refresh): Promise<void> {
    this.#refresh = refresh;
    for (const name of this.#names.values()) if (!hosts.has(name.host)) this.#forget(name);
    const asked: Promise<void>[] = [];
    for (const host of hosts) {
      if (isIP(host) !== 0 || this.#names.has(host)) continue;
      const name: WatchedName = { host, addresses: NONE, failures: 0, cancelRefresh: () => {} };
      this.#names.set(host, name);
      asked.push(this.#ask(name));
    }
    await Promise.all(asked);
  }

  /** The last good answer; an IP literal is its own; none for a name that was never answered or is not watched. */
  addresses(host: string): readonly string[] {
    return isIP(host) !== 0 ? [host] : (this.#names.get(host)?.addresses ?? NONE);
  }

  /** The names that are watched. */
  hosts(): Iterable<string> {
    return this.#names.keys();
  }

  /** The last good answers of all names that are watched; a name without one has none. */
  known(): ReadonlyMap<string, readonly string[]> {
    return new Map(Array.from(this.#names.values(), ({ host, addresses }) => [host, addresses]));
  }

  /** Asks through `lookup` from the next question on. */
  askThrough(lookup: NameLookup): void {
    this.#lookup = lookup;
  }

  /** Forgets every name and ends questions under way. */
  close(): void {
    for (const name of this.#names.values()) this.#forget(name);
    this.#lookup.cancel?.();
  }

  #forget(name: WatchedName): void {
    name.cancelRefresh();
    this.#names.delete(name.host);
  }

  async #ask(name: WatchedName): Promise<void> {
    const answer = await this.#lookup.lookup(name.host).catch((error: Error) => error);
    // It may have been forgotten, or forgotten and taken up again, while the question was under way.
    if (this.#names.get(name.host) !== name) return;
    // The next question first: whatever an event handler does, the name stays watched.
    const failed = answer instanceof Error;
    const delay = failed ? this.#delayAfterFailure(name.failures) : this.#delayAfterAnswer(answer);
    name.cancelRefresh = this.#clock.after(delay, () => void this.#ask(name));
    if (failed) this.#noteFailure(name, answer);
    else this.#noteAnswer(name, answer);
  }

  #noteAnswer(name: WatchedName, answer: NameAnswer): void {
    if (name.failures > 0) {
      name.failures = 0;
      this.#events.onRecovery(name.host);
    }
    const found = new Set(answer.addresses);
    if (found.size === name.addresses.length && name.addresses.every((address) => found.has(address))) return;
    name.addresses = [...found];
    this.#events.onChange(name.host, name.addresses);
  }

  #noteFailure(name: WatchedName, error: Error): void {
    name.failures++;
    if (name.failures === 1) this.#events.onFailure(name.host, error, name.addresses);
  }

  #delayAfterAnswer(answer: NameAnswer): number {
    const ttl = Math.max(answer.ttl ?? this.#refresh, SHORTEST_REFRESH);
    return Math.min(ttl, this.#refresh);
  }

  /** One second, then doubled up to the refresh: a name that appears late (containers starting) is found soon. */
  #delayAfterFailure(failuresBefore: number): number {
    return Math.min(SHORTEST_REFRESH * 2 ** failuresBefore, this.#refresh);
  }
}
