// CIDR ranges of a configuration: `10.0.0.0/8`, `fd00::/8`, or one address.
import { parseAddress } from '../../base/address-range.ts';
import type { ConfigPath } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';

/** Those of `ranges` that are some; the others become problems. @param path of the list */
export function readAddressRanges(ranges: readonly string[], path: ConfigPath, problems: ProblemList): string[] {
  return ranges.filter((range, index) => {
    const isRange = isAddressRange(range);
    if (!isRange)
      problems.error(
        [...path, index],
        `"${range}" is not a range of addresses`,
        'write it like 10.0.0.0/8 or fd00::/8',
      );
    return isRange;
  });
}

/** True for an IPv4 or IPv6 address with or without a prefix length, and without a zone. */
function isAddressRange(range: string): boolean {
  const [address = '', prefix, ...more] = range.split('/');
  if (parseAddress(address) === null || address.includes('%') || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (address.includes(':') ? 128 : 32));
}
