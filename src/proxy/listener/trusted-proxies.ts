// The peers that are believed: their X-Forwarded-* (key trustedProxies), and the PROXY headers that they begin connections
// with (proxyProtocol.from of a listener). Compiled for a quick look: once for a connection and snapshot.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { ListenerConfig } from '../../model/config.ts';
import type { AddressSet } from '../../model/snapshot.ts';

/**
 * @param ranges addresses or CIDR ranges, already validated
 * @returns null when there are none
 */
export function compileTrustedProxies(ranges: readonly string[]): AddressSet | null {
  if (ranges.length === 0) return null;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return {
    has: (address) => (isIPv4(address) ? list.check(address, 'ipv4') : isIPv6(address) && list.check(address, 'ipv6')),
  };
}

/** @returns by name of the listener; null when no listener has any */
export function compileProxySenders(listeners: readonly ListenerConfig[]): ReadonlyMap<string, AddressSet> | null {
  const sets = new Map<string, AddressSet>();
  for (const { name, proxySenders } of listeners) {
    const senders = compileTrustedProxies(proxySenders);
    if (senders !== null) sets.set(name, senders);
  }
  return sets.size > 0 ? sets : null;
}
