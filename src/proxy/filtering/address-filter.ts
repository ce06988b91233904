// ipSecurity of one level, compiled: which clients it refuses, and how.
import { type AddressRange, parseAddress, parseAddressRange } from '../../base/address-range.ts';
import type { Abort } from '../../model/answer.ts';
import type { IpSecurityConfig } from '../../model/level-settings.ts';
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';

const CODES: Readonly<Record<'Unauthorized' | 'Forbidden' | 'NotFound', ErrorCode>> = {
  Unauthorized: 'addressUnauthorized',
  Forbidden: 'addressRefused',
  NotFound: 'addressNotFound',
};

export class AddressFilter {
  readonly #config: IpSecurityConfig;
  readonly #ranges: readonly { range: AddressRange; allowed: boolean }[];

  constructor(config: IpSecurityConfig) {
    this.#config = config;
    this.#ranges = config.list.map(({ range, allowed }) => ({ range: parseAddressRange(range)!, allowed }));
  }

  /** @throws ProxyError where the client is refused with a status */
  check(address: string): Abort | undefined {
    if (this.#allows(address)) return undefined;
    const { denyAction } = this.#config;
    if (denyAction === 'AbortRequest') return { kind: 'abort' };
    throw new ProxyError(CODES[denyAction], 'clients with this address are not served (ipSecurity)');
  }

  /** A peer without an address, on a Unix socket, is on this machine: it is looked up as 127.0.0.1. */
  #allows(address: string): boolean {
    const bytes = parseAddress(address === '' ? '127.0.0.1' : address);
    const decisive = bytes === null ? undefined : this.#ranges.find(({ range }) => range.has(bytes));
    return decisive?.allowed ?? this.#config.allowUnlisted;
  }
}
