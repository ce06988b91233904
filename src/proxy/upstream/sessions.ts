// The sessions of one data plane that began with a 101. When they have to end, they end one after the other: thousands
// of clients would otherwise come back in the same second.
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Tunnel } from './tunnel.ts';

/** How long a peer has to answer a close frame, or to come to the end of the frame that it is sending, ms. */
export const CLOSE_GRACE = 2000;

export class Sessions {
  /** Sessions that broke off because they had to end: not at the end of a frame, or not WebSockets at all. */
  cut = 0;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #open = new Set<Tunnel>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  add(session: Tunnel): void {
    this.#open.add(session);
  }

  delete(session: Tunnel): void {
    this.#open.delete(session);
  }

  /** Closes `session` at a moment within its protocol.upgrade.closeSpread. @param code of RFC 6455 7.4 */
  closeWithin(session: Tunnel, code: number): void {
    const { closeSpread } = session;
    if (closeSpread === 0) session.close(code);
    else this.#clock.after(Math.max(1, this.#random.next() * closeSpread), () => session.close(code));
  }

  /** Closes all of them. @returns ms after which none is left */
  closeAll(code: number): number {
    let longest = 0;
    for (const session of [...this.#open]) {
      longest = Math.max(longest, session.closeSpread);
      this.closeWithin(session, code);
    }
    return this.#open.size === 0 ? 0 : longest + CLOSE_GRACE;
  }
}
