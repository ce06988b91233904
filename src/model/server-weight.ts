// The weight of a server as it counts now.
import type { Server } from './farm.ts';

/** As configured, or the part of it that a server has which starts slowly; at least a hundredth. */
export function weightOf({ config, state }: Server): number {
  const { rampMissing } = state;
  return rampMissing === 0 ? config.weight : (config.weight * Math.max(1, 100 - rampMissing)) / 100;
}
