// One run of a test of a server, of whichever kind its URL says.
import type { FarmConfig, HealthCheckConfig, ServerConfig } from '../../model/farm-config.ts';
import { probeOverHttp, type Verdict } from './http-probe.ts';
import { probeRequestFor } from './probe-request.ts';
import type { HostLookup } from './server-place.ts';
import { probeOverTcp } from './tcp-probe.ts';

/** The farm's test with what is otherwise for `server`. */
export function testOf({ healthCheck }: FarmConfig, server: ServerConfig): HealthCheckConfig {
  return { ...healthCheck, ...server.healthCheck };
}

/** Never rejects. @param test its url is not empty */
export function runTest(
  farm: FarmConfig,
  server: ServerConfig,
  test: HealthCheckConfig,
  lookup: HostLookup,
  signal: AbortSignal,
): Promise<Verdict> {
  const request = probeRequestFor(farm, server, test.url);
  if (test.url === 'tcp:') return probeOverTcp(request, lookup, signal);
  return probeOverHttp(request, test, farm.protocol.tls, lookup, signal);
}
