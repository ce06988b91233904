// The peers that are believed: their X-Forwarded-* (key trustedProxies), and the PROXY headers that they begin connections
// with (proxyProtocol.from of a listener). Compiled for a quick look: once for a connection and snapshot.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { AddressSet } from '../../model/listener-rules.ts';

/**
 * @param ranges addresses or CIDR ranges, already validated
 * @returns null when there are none
 */
export function compileAddresses(ranges: readonly string[]): AddressSet | null {
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
