// Ends a router whose clock is simulated.
import type { Router, SimulatedClock } from '../../src/index.ts';

/** Lets simulated time go on while the router stops. @param clock null: real time */
export async function stopRouter(router: Router, clock: SimulatedClock | null): Promise<void> {
  let isOver = false;
  const end = router.stop().finally(() => {
    isOver = true;
  });
  while (clock !== null && !isOver) await pass(clock, 1000);
  await end;
}

/** Time goes by, and what was due is done. */
export async function pass(clock: SimulatedClock, milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await new Promise((resolve) => setImmediate(resolve));
}
