// The reading half of a client connection: the bytes that have come, and what they are: a head, a body, or the head of
// the next request, which waits.
import { HeldBytes } from '../../base/held-bytes.ts';
import type { BodySink } from '../../model/client.ts';
import type { LimitsConfig } from '../../model/config.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import { REFUSED } from '../../wire/http1/head-scanner.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { RequestHeadScanner } from '../../wire/http1/request-head-scanner.ts';
import { InboundBody } from './inbound-body.ts';
import type { ListenerServices } from './listener-services.ts';
import { refusalCode } from './refusal.ts';

export class RequestReader {
  /** The body of the request whose head was read last. */
  readonly body = new InboundBody();
  /** Why readHead() found no head and never will; null while it may. */
  refusal: ProxyError | null = null;
  /** Bytes of the request whose head was read last, as far as it has been read. */
  bytesIn = 0;
  readonly #services: ListenerServices;
  readonly #held = new HeldBytes();
  /** Borrowed while a head is being read. */
  #scanner: RequestHeadScanner | null = null;
  /** What its scanner was made with. */
  #limits: LimitsConfig | null = null;

  constructor(services: ListenerServices) {
    this.#services = services;
  }

  append(piece: Buffer): void {
    this.#held.append(piece);
  }

  /** Bytes that have come and are not read. */
  get held(): number {
    return this.#held.length;
  }

  /** True when nothing unread is left that closing could turn into a reset of the answer. */
  get isThrough(): boolean {
    return this.body.done && this.#held.length === 0;
  }

  /** True once a byte of a head that is not whole was seen. */
  get started(): boolean {
    return this.#scanner?.started === true;
  }

  /** The next head; null when it is not whole (nothing is lost), or not to be taken (see refusal). */
  readHead(): RequestHead | null {
    const held = this.#held;
    const { snapshot, scanners } = this.#services;
    let scanner = this.#scanner;
    if (scanner === null) {
      this.#limits = snapshot.config.limits;
      scanner = scanners.pop() ?? new RequestHeadScanner(snapshot.config.limits);
      this.#scanner = scanner;
    }
    const after = scanner.scan(held.buffer!, held.start, held.end);
    if (after >= 0) {
      this.bytesIn = after - held.start;
      const head = scanner.head();
      this.returnScanner();
      held.consumeTo(after);
      this.body.begin(head, snapshot.config.limits.requestBody);
      return head;
    }
    if (after === REFUSED) {
      const { status, reason } = scanner.refusal!;
      this.refusal = new ProxyError(refusalCode(status), reason);
    }
    return null;
  }

  /**
   * Reads what has come of the body; without a sink it is dropped.
   * @throws ProxyError as InboundBody.take(): then nothing more can be read
   */
  readBody(sink: BodySink | null): void {
    const held = this.#held;
    const before = held.start;
    const after = this.body.take(held.buffer!, before, held.end, sink);
    this.bytesIn += after - before;
    held.consumeTo(after);
  }

  /** The client has ended its side of a session. @param sink null: nobody is there to hear it any more */
  endSession(sink: BodySink | null): void {
    if (sink === null) return;
    this.body.done = true;
    sink.onBodyEnd('');
  }

  /** Drops what has come. */
  clear(): void {
    this.#held.clear();
  }

  /** No head is being read any more: another connection may have the scanner. */
  returnScanner(): void {
    if (this.#scanner === null) return;
    this.#scanner.reset();
    // After a reload it carries old limits.
    if (this.#limits === this.#services.snapshot.config.limits) this.#services.scanners.push(this.#scanner);
    this.#scanner = null;
  }
}
