// Which servers of a farm fail much more often than the others (the idea is Envoy's outlier detection): their failure
// rates within an interval are compared. A cap keeps a fault that many have from emptying the farm.
import type { OutlierConfig } from '../../model/farm-config.ts';

/** What a server did within the interval. */
export interface Sample {
  address: string;
  requests: number;
  failures: number;
}

export interface Outlier {
  address: string;
  reason: string;
}

/**
 * The servers to eject, worst first.
 * @param samples of all servers that may be judged: in, and not ejected
 * @param members servers of the farm
 * @param ejected how many are ejected already
 */
export function findOutliers(
  samples: readonly Sample[],
  members: number,
  ejected: number,
  config: OutlierConfig,
): Outlier[] {
  const judged = samples
    .filter(({ requests }) => requests >= config.minRequests)
    .map((sample) => ({ ...sample, rate: (sample.failures / sample.requests) * 100 }));
  // One server alone has nobody to be compared with. Of several, the one that fails least never stands out: it stays.
  if (judged.length < 2) return [];
  const room = mostEjected(members, config) - ejected;
  return judged
    .filter((server) => standsOut(server, judged, config))
    .sort((a, b) => b.rate - a.rate)
    .slice(0, Math.max(0, room))
    .map(({ address, rate, requests, failures }) => ({
      address,
      reason: `${failures} of ${requests} requests failed (${rate.toFixed(0)} %), far more than at the other servers`,
    }));
}

/** At least one, else the setting would do nothing in a small farm. */
function mostEjected(members: number, config: OutlierConfig): number {
  return Math.max(1, Math.floor((members * config.mostEjected) / 100));
}

/** Compared with the others alone: in a small farm its own rate would hide it. */
function standsOut(
  server: { address: string; rate: number },
  judged: readonly { address: string; rate: number }[],
  { failureRate, deviations }: OutlierConfig,
): boolean {
  if (server.rate < failureRate) return false;
  const others = judged.filter(({ address }) => address !== server.address).map(({ rate }) => rate);
  const mean = others.reduce((sum, rate) => sum + rate, 0) / others.length;
  const variance = others.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / others.length;
  return server.rate > mean + deviations * Math.sqrt(variance);
}
