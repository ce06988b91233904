// What the exchanges of one data plane share.
import type { Clock } from '../../base/clock.ts';
import type { Deadlines } from '../../base/deadlines.ts';
import type { Server } from '../../model/farm.ts';
import type { DialTarget } from '../../transport/dial.ts';
import { AddressBook } from './address-book.ts';
import { ConnectionPins } from './connection-pins.ts';
import { ResponseHeadReader } from './response-head-reader.ts';
import { ServerPools } from './server-pools.ts';

/** Fields of one response. */
const RESPONSE_FIELDS = 256;

export class UpstreamServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly pools: ServerPools;
  readonly pins = new ConnectionPins();
  readonly addresses = new AddressBook();
  readonly #readers = new Map<number, ResponseHeadReader[]>();

  constructor(clock: Clock, deadlines: Deadlines) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.pools = new ServerPools(deadlines);
  }

  /** Where to connect for `server`; null while its name has no address. */
  targetFor(server: Server): DialTarget | null {
    const { target, httpPort } = server.config;
    if (target.kind === 'unix') return target;
    const address = this.addresses.addressOf(target.host);
    return address === null ? null : { kind: 'tcp', address, port: httpPort };
  }

  /** @param headerBytes protocol.maxResponseHeaderSize */
  borrowReader(headerBytes: number): ResponseHeadReader {
    return (
      this.#readers.get(headerBytes)?.pop() ?? new ResponseHeadReader({ headerBytes, headerCount: RESPONSE_FIELDS })
    );
  }

  returnReader(headerBytes: number, reader: ResponseHeadReader): void {
    reader.reset();
    const free = this.#readers.get(headerBytes);
    if (free === undefined) this.#readers.set(headerBytes, [reader]);
    else free.push(reader);
  }
}
