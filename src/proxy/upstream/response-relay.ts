// Steps 5 and 6 of an exchange: the response on its way to the client, or first to what changes its body. It is the body
// as well (ResponseBody), so that a response costs one object less.
import type { BodyTransform } from '../../model/body-transform.ts';
import type { ClientExchange } from '../../model/client.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import { type BodySource, RewrittenBody } from '../../model/rewritten-body.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { bodyLengthOf, bytesHeldBack, ResponseBody } from './response-body.ts';

export class ResponseRelay extends ResponseBody {
  readonly head: ResponseHead;
  /** What changes the body; null where nothing does. */
  readonly rewritten: RewrittenBody | null;
  /** Bytes came after a complete response (CONTRACT 3). */
  overrun = false;
  readonly #client: ClientExchange;
  readonly #minBuffer: number;
  /** Bytes still to be collected before the next flush (minResponseBuffer). */
  #holdBack: number;

  /** Sends the head. @param text status line and field lines for the client; @param source hears of a body that is changed */
  constructor(
    head: ResponseHead,
    text: string,
    client: ClientExchange,
    transform: BodyTransform | null,
    protocol: ProtocolConfig,
    source: BodySource,
  ) {
    super(head);
    this.head = head;
    this.#client = client;
    this.#minBuffer = protocol.minResponseBuffer;
    this.#holdBack = bytesHeldBack(head, protocol);
    this.rewritten = transform === null ? null : new RewrittenBody(client, text, transform, source);
    if (this.rewritten === null) client.sendHead(text, bodyLengthOf(head));
  }

  /** Passes on what buffer[start, end) holds of the body: see `done`, `error` and `overrun` afterwards. */
  pass(buffer: Buffer, start: number, end: number): void {
    const after = this.done ? start : this.take(buffer, start, end, this.rewritten ?? this.#client);
    if (this.done && after < end) this.overrun = true;
  }

  /** Sends what was collected, if it is enough now. @param bytes that came @returns false when the client takes no more for now */
  flush(bytes: number): boolean {
    if (this.#holdBack > 0) {
      this.#holdBack -= bytes;
      if (this.#holdBack > 0) return true;
      this.#holdBack = this.#minBuffer;
    }
    return (this.rewritten ?? this.#client).flush();
  }
}
