// CIDR ranges of a configuration: `10.0.0.0/8`, `fd00::/8`, or one address.
import type { ConfigPath } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';

/** Checks every list of ranges. */
export function checkAddressRanges(written: Written, problems: ProblemList): void {
  checkList(written.trustedProxies, ['trustedProxies'], problems);
  for (const [name, { proxyProtocol }] of Object.entries(written.listeners)) {
    checkList(proxyProtocol?.from ?? [], ['listeners', name, 'proxyProtocol', 'from'], problems);
  }
}

function checkList(ranges: readonly string[], path: ConfigPath, problems: ProblemList): void {
  ranges.forEach((range, index) => {
    if (!isAddressRange(range))
      problems.error(
        [...path, index],
        `"${range}" is not a range of addresses`,
        'write it like 10.0.0.0/8 or fd00::/8',
      );
  });
}

/** True for an IPv4 or IPv6 address with or without a prefix length. */
function isAddressRange(range: string): boolean {
  const match = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(range);
  if (!match) return false;
  const [, address, prefix] = match as unknown as [string, string, string | undefined];
  if (!address.includes(':')) {
    const octets = address.split('.');
    return (
      octets.length === 4 &&
      octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255) &&
      Number(prefix ?? 32) <= 32
    );
  }
  return URL.canParse(`http://[${address}]/`) && Number(prefix ?? 128) <= 128;
}
