// Fetches one path of a server as a health test would: for warming it up.
import type { FarmConfig, ServerConfig } from '../../model/farm-config.ts';
import { runTest, testOf } from './run-test.ts';
import type { HostLookup } from './server-place.ts';

/** @returns why it failed; null when it was answered as statusCodeMatch says */
export async function fetchPath(
  farm: FarmConfig,
  server: ServerConfig,
  path: string,
  lookup: HostLookup,
  signal: AbortSignal,
): Promise<string | null> {
  const test = { ...testOf(farm, server), url: path, responseMatch: '' };
  const { passed, reason } = await runTest(farm, server, test, lookup, signal);
  return passed ? null : reason;
}
