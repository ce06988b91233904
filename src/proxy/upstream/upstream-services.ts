// What the exchanges of one data plane share.
import type { Clock } from '../../base/clock.ts';
import type { Deadlines } from '../../base/deadlines.ts';
import type { Farm, Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { DialTarget } from '../../transport/dial.ts';
import { ResponseHeadScanner } from '../../wire/http1/response-head-scanner.ts';
import { AddressBook } from './address-book.ts';
import { ConnectionPins } from './connection-pins.ts';
import { ForwardingPlan } from './forwarded-head.ts';
import { ServerPools } from './server-pools.ts';

/** Fields of one response. */
const RESPONSE_FIELDS = 256;

export class UpstreamServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly pools: ServerPools;
  readonly pins = new ConnectionPins();
  readonly addresses = new AddressBook();
  readonly #plans = new WeakMap<Farm, ForwardingPlan>();
  readonly #scanners = new Map<number, ResponseHeadScanner[]>();

  constructor(clock: Clock, deadlines: Deadlines) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.pools = new ServerPools(deadlines);
  }

  planFor(ctx: RequestContext): ForwardingPlan {
    const farm = ctx.farm!;
    let plan = this.#plans.get(farm);
    if (plan === undefined) {
      plan = new ForwardingPlan(farm, ctx.snapshot.config.compatibility.includes('xForwardedFor'));
      this.#plans.set(farm, plan);
    }
    return plan;
  }

  /** Where to connect for `server`; null while its name has no address. */
  targetFor(server: Server): DialTarget | null {
    const { target, httpPort } = server.config;
    if (target.kind === 'unix') return target;
    const address = this.addresses.addressOf(target.host);
    return address === null ? null : { kind: 'tcp', address, port: httpPort };
  }

  /** @param headerBytes protocol.maxResponseHeaderSize */
  borrowScanner(headerBytes: number): ResponseHeadScanner {
    return (
      this.#scanners.get(headerBytes)?.pop() ?? new ResponseHeadScanner({ headerBytes, headerCount: RESPONSE_FIELDS })
    );
  }

  returnScanner(headerBytes: number, scanner: ResponseHeadScanner): void {
    scanner.reset();
    const free = this.#scanners.get(headerBytes);
    if (free === undefined) this.#scanners.set(headerBytes, [scanner]);
    else free.push(scanner);
  }
}
