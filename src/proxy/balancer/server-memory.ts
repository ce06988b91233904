// What a worker knows of servers from one pick to the next, by their ids: the lists that it picks from come and go (retries, hosts with
// servers of their own), and a reload makes the servers anew.
import type { Server } from '../../model/farm.ts';

/** Of a server that was in no list for so long nothing is known any more, ms. */
const FORGET_AFTER = 600_000;

export class ServerMemory<T> {
  readonly #create: () => T;
  readonly #known = new Map<string, { value: T; seenAt: number }>();
  #tidiedAt = 0;

  constructor(create: () => T) {
    this.#create = create;
  }

  /**
   * What is known of each of `list`, in its order.
   * @param now monotonic ms. @param leaving the list that was picked from until now: of its servers nothing is forgotten
   */
  of(list: readonly Server[], leaving: readonly Server[], now: number): T[] {
    for (const { id } of leaving) this.#see(id, now);
    const values = list.map(({ id }) => this.#see(id, now));
    if (now - this.#tidiedAt >= FORGET_AFTER) this.#tidy(now);
    return values;
  }

  #see(id: string, now: number): T {
    const known = this.#known.get(id);
    if (known === undefined) {
      const value = this.#create();
      this.#known.set(id, { value, seenAt: now });
      return value;
    }
    known.seenAt = now;
    return known.value;
  }

  #tidy(now: number): void {
    this.#tidiedAt = now;
    for (const [id, { seenAt }] of this.#known) if (now - seenAt >= FORGET_AFTER) this.#known.delete(id);
  }
}
