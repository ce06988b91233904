// The change of TLS ticket keys while a router runs.
import type { Clock } from '../base/clock.ts';
import { reapplyConfig } from './apply-config.ts';
import type { Running } from './running.ts';

/** How often it is looked whether they are old, ms. */
const LOOK = 600_000;

/** @returns ends it */
export function changeTicketKeys(running: Running, clock: Clock): () => void {
  return clock.every(LOOK, () => {
    const isUsed = running.revision.tls.ticketKeys.length > 0;
    if (isUsed && !running.ticketKeys.isFresh(clock.wall()))
      void running.planes.inTurn(() => reapplyConfig(running, clock));
  });
}
