// The body of the request that is being read: where it ends, how much has come, what of it is payload.

import type { BodySink } from '../../model/client.ts';
import { bodyTooLong, ProxyError } from '../../model/proxy-error.ts';
import { CHUNKED_LIMITS, ChunkedDecoder } from '../../wire/http1/chunked-decoder.ts';
import { BodyKind, type RequestHead } from '../../wire/http1/request-head.ts';

export class InboundBody {
  /** True once the whole body has been read; true for a request without one. */
  done = true;
  #decoder: ChunkedDecoder | null = null;
  #chunked = false;
  /** Payload bytes to come of a body with a length. */
  #remaining = 0;
  #received = 0;
  #limit = 0;
  /** What the site of the request allows, once that is known. */
  #siteLimit = Number.POSITIVE_INFINITY;

  /** @param limit payload bytes allowed; 0 is no limit (a length that says more is refused before the body is asked for) */
  begin(head: RequestHead, limit: number): void {
    this.#received = 0;
    this.#limit = limit;
    this.#siteLimit = Number.POSITIVE_INFINITY;
    this.#chunked = head.bodyKind === BodyKind.chunked;
    this.#remaining = head.contentLength;
    this.done = !this.#chunked && this.#remaining === 0;
    if (this.#chunked) {
      this.#decoder ??= new ChunkedDecoder(CHUNKED_LIMITS);
      this.#decoder.reset();
    }
  }

  /** What comes from now on is a session's, whatever it is, until the client ends. */
  beginSession(): void {
    this.#chunked = false;
    this.#remaining = Number.POSITIVE_INFINITY;
    this.done = false;
  }

  /** A body without a length, of which more than `bytes` come, is refused. */
  limitTo(bytes: number): void {
    this.#siteLimit = bytes;
  }

  /**
   * Takes the bytes buffer[start, end) that belong to this body and hands the payload to `sink`, or drops it when there is none.
   * @returns the offset after the last byte taken
   * @throws ProxyError badRequest when chunks are malformed, payloadTooLarge
   */
  take(buffer: Buffer, start: number, end: number, sink: BodySink | null): number {
    return this.#chunked ? this.#takeChunks(buffer, start, end, sink) : this.#takeLength(buffer, start, end, sink);
  }

  #takeLength(buffer: Buffer, start: number, end: number, sink: BodySink | null): number {
    const stop = Math.min(end, start + this.#remaining);
    this.#remaining -= stop - start;
    this.done = this.#remaining === 0;
    if (sink !== null) {
      sink.onBody(buffer, start, stop);
      if (this.done) sink.onBodyEnd('');
    }
    return stop;
  }

  #takeChunks(buffer: Buffer, start: number, end: number, sink: BodySink | null): number {
    const decoder = this.#decoder!;
    const stop = decoder.decode(buffer, start, end);
    if (decoder.error !== null) throw new ProxyError('badRequest', `malformed chunked body: ${decoder.error}`);
    const { pieces } = decoder;
    for (let i = 0; i < pieces.length; i += 2) {
      this.#received += pieces[i + 1]! - pieces[i]!;
      if (this.#limit > 0 && this.#received > this.#limit) throw tooLarge(this.#limit);
      if (this.#received > this.#siteLimit) throw bodyTooLong(this.#siteLimit);
      sink?.onBody(buffer, pieces[i]!, pieces[i + 1]!);
    }
    this.done = decoder.done;
    if (this.done) sink?.onBodyEnd(decoder.trailers);
    return stop;
  }
}

/** The refusal of a body that is longer than `limit` bytes, by its head or as it comes. */
export function tooLarge(limit: number): ProxyError {
  return new ProxyError('payloadTooLarge', `the request body is larger than limits.requestBody (${limit} bytes)`);
}
