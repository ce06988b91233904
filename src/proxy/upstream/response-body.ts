// The body of a server's response: where it ends, and how its bytes go on towards the client.
import { BODY_NONE, BODY_STREAMED, type BodyTarget } from '../../model/client.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { CHUNKED_LIMITS, ChunkedDecoder } from '../../wire/http1/chunked-decoder.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';

export class ResponseBody {
  done: boolean;
  /** What is wrong with its framing; null while nothing is. */
  error: string | null = null;
  trailers = '';
  readonly #decoder: ChunkedDecoder | null;
  readonly #endsWithConnection: boolean;
  #remaining: number;

  constructor(head: ResponseHead) {
    this.#decoder = head.bodyKind === BodyKind.chunked ? new ChunkedDecoder(CHUNKED_LIMITS) : null;
    this.#endsWithConnection = head.bodyKind === BodyKind.close;
    this.#remaining = head.bodyKind === BodyKind.length ? head.contentLength : 0;
    this.done = !this.#endsWithConnection && this.#decoder === null && this.#remaining === 0;
  }

  /** Passes on what buffer[start, end) holds of the body. @returns the offset after its last byte */
  take(buffer: Buffer, start: number, end: number, target: BodyTarget): number {
    if (this.#decoder !== null) return this.#takeChunks(this.#decoder, buffer, start, end, target);
    if (this.#endsWithConnection) {
      target.sendBody(buffer, start, end);
      return end;
    }
    const stop = Math.min(end, start + this.#remaining);
    this.#remaining -= stop - start;
    this.done = this.#remaining === 0;
    target.sendBody(buffer, start, stop);
    return stop;
  }

  /** The server ended its side. @returns true when that is the end of this body */
  endWithConnection(): boolean {
    if (this.#endsWithConnection) this.done = true;
    return this.done;
  }

  #takeChunks(decoder: ChunkedDecoder, buffer: Buffer, start: number, end: number, target: BodyTarget): number {
    const stop = decoder.decode(buffer, start, end);
    if (decoder.error !== null) {
      this.error = decoder.error;
      return stop;
    }
    const { pieces } = decoder;
    if (decoder.verbatim && target.takesChunks) {
      target.sendChunks(buffer, start, decoder.verbatimEnd);
    } else {
      for (let i = 0; i < pieces.length; i += 2) target.sendBody(buffer, pieces[i]!, pieces[i + 1]!);
    }
    this.done = decoder.done;
    this.trailers = decoder.trailers;
    return stop;
  }
}

/** Whether the whole response `head` is here with `bytes` behind its head, so that nothing of it is still to come. */
export function isWhole({ bodyKind, contentLength }: ResponseHead, bytes: number): boolean {
  return bodyKind === BodyKind.none ? bytes === 0 : bodyKind === BodyKind.length && bytes === contentLength;
}

/** How long the client is told that the body is, for ClientExchange.sendHead(). */
export function bodyLengthOf(head: ResponseHead): number {
  if (head.bodyKind === BodyKind.none) return BODY_NONE;
  return head.bodyKind === BodyKind.length ? head.contentLength : BODY_STREAMED;
}

/** Bytes of the body that are collected before the first of them goes on (minResponseBuffer, bufferChunkedResponses). */
export function bytesHeldBack(head: ResponseHead, protocol: ProtocolConfig): number {
  return head.bodyKind !== BodyKind.chunked || protocol.bufferChunkedResponses ? protocol.minResponseBuffer : 0;
}
