// Addresses of servers by name, as the control thread last resolved them: a request for a farm never waits for DNS
// (DESIGN 2).
import { isIpAddress } from '../../transport/ip-address.ts';

export class AddressBook {
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #turn = new Map<string, number>();

  /** What the control thread knows of `host` now. */
  set(host: string, addresses: readonly string[]): void {
    this.#addresses.set(host, addresses);
  }

  /** The address to connect to; null when the name has none. */
  addressOf(host: string): string | null {
    if (isIpAddress(host)) return host;
    const addresses = this.#addresses.get(host) ?? [];
    return addresses[(this.#turn.get(host) ?? 0) % addresses.length] ?? null;
  }

  /** How many addresses `host` is known to have. */
  count(host: string): number {
    return this.#addresses.get(host)?.length ?? 0;
  }

  /** An address of `host` did not answer: the next attempt takes the next one. */
  skip(host: string): void {
    if (this.#addresses.has(host)) this.#turn.set(host, (this.#turn.get(host) ?? 0) + 1);
  }
}
