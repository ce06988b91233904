// Whether a server takes one more request: maxRequests, for the whole process.
import type { Server } from '../../model/farm.ts';

export function hasPlace({ config: { maxRequests }, state }: Server): boolean {
  return maxRequests === 0 || state.requests < maxRequests;
}
