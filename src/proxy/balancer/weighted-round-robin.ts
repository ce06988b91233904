// Weighted round robin: one sequence for the whole process, whichever worker picks (arr.md 6.3, DESIGN 2).
import type { Balanced } from '../../model/balanced.ts';
import type { LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { SharedCursor } from '../../model/server-table-cursor.ts';
import { weightOf } from '../../model/server-weight.ts';
import type { BalancerServices } from './balancer-services.ts';
import { smoothOrder, turnsPerCycle } from './smooth-order.ts';
import { tieOrder } from './tie-order.ts';

export class WeightedRoundRobin implements LoadBalancingPolicy {
  readonly name: string;
  readonly #services: BalancerServices;
  /** The list that #order was compiled for. */
  #list: readonly Server[] = [];
  #order: Uint32Array = new Uint32Array(0);
  /** Orders of lists that come again: of hosts with servers of their own. */
  readonly #orders = new WeakMap<readonly Server[], Uint32Array>();
  readonly #seen = new WeakSet<readonly Server[]>();

  /** @param name under which it is known: Ratio of BIG-IP is the same thing */
  constructor(services: BalancerServices, name = 'WeightedRoundRobin') {
    this.name = name;
    this.#services = services;
  }

  pick(candidates: readonly Server[], ctx: Balanced): Server {
    if (candidates.length === 1) return candidates[0]!;
    if (candidates !== this.#list) {
      const { first, retry } = this.#services.cursors;
      if (ctx.attempts !== null && ctx.attempts.length > 0) return this.#pickAmong(candidates, retry, ctx);
      if (this.#isPassing(candidates)) return this.#pickAmong(candidates, first, ctx);
      this.#compile(candidates);
    }
    return this.#draw(this.#services.cursors.first, ctx);
  }

  /**
   * A shorter list that was not seen before may not be seen again: while servers have their maxRequests it is another one with each request,
   * and compiling costs milliseconds in a large farm.
   */
  #isPassing(candidates: readonly Server[]): boolean {
    if (candidates.length >= this.#list.length || this.#orders.has(candidates) || this.#seen.has(candidates))
      return false;
    this.#seen.add(candidates);
    return true;
  }

  /**
   * Draws until a candidate comes. A pick after a failure has a cursor of its own, so that the turns of first picks
   * stay exact, and the share of a dead server goes to all others and not to the one behind it in the order.
   */
  #pickAmong(candidates: readonly Server[], cursor: SharedCursor, ctx: Balanced): Server {
    const isDryRun = ctx.client === null;
    for (let draws = 0; draws < this.#order.length && !isDryRun; draws++) {
      const server = this.#draw(cursor, ctx);
      if (candidates.includes(server)) return server;
    }
    this.#compile(candidates);
    return this.#draw(cursor, ctx);
  }

  /** A dry run sees whose turn it is without taking it. */
  #draw(cursor: SharedCursor, ctx: Balanced): Server {
    const length = this.#order.length;
    const turn = ctx.client === null ? cursor.peek(length) : cursor.next(length);
    return this.#list[this.#order[turn]!]!;
  }

  #compile(candidates: readonly Server[]): void {
    this.#list = candidates;
    const known = this.#orders.get(candidates);
    this.#order =
      known ?? smoothOrder(turnsPerCycle(candidates.map(turnsOf)), tieOrder(candidates, this.#services.tieSeed));
    if (known === undefined) this.#orders.set(candidates, this.#order);
  }
}

/** Whole numbers, as the cycle needs them. */
function turnsOf(server: Server): number {
  return Math.max(1, Math.round(weightOf(server)));
}
