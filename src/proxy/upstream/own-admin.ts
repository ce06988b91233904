// Whether an address that a request chose is where the admin API of this router listens without a token. It tells requests of
// a proxy by their marks, but rules can take those away.
import { isLoopbackAddress } from '../../base/address-range.ts';
import type { AdminConfig } from '../../model/config.ts';
import type { DialTarget } from '../../transport/dial.ts';

/** What connects to this machine as well. */
const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '::', '::ffff:0.0.0.0']);

/** Without a token it listens on this machine alone. */
export function isOpenAdmin(target: DialTarget, { enabled, address, token }: AdminConfig): boolean {
  if (!enabled || token !== null || address.kind !== 'tcp' || target.kind !== 'tcp') return false;
  return target.port === address.port && (isLoopbackAddress(target.address) || UNSPECIFIED.has(target.address));
}
