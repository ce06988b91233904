// Whether networks of an example's own can be made here.
import { whyNoNetwork } from '../../examples/parts/network.ts';

/** For skipIf: says loudly that tests are left out, and fails instead where CI runs them. */
export function networksAreMissing(): boolean {
  const why = whyNoNetwork();
  if (why === null) return false;
  if (process.env.CI === 'true') throw new Error(why);
  process.stderr.write(`SKIPPED: tests of an address that moves: ${why}\n`);
  return true;
}
