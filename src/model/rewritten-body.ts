// A response body on its way through a transform to the client, with back-pressure both ways: a client that takes no
// more stops the transform, and a transform that takes no more stops whoever brings the body.
//
//   source ── sendBody, end ──► transform ─── write, done ──► client
//          ◄── onClientDrain ──            ◄── onClientDrain
//
// The head waits for the first changed byte: what fails before it can still be told with a status.
import type { BodyOutput, BodyTransform } from './body-transform.ts';
import { BODY_STREAMED, type BodySink, type BodyTarget, type ClientExchange } from './client.ts';
import { asProxyError, type ProxyError } from './proxy-error.ts';
import { OF_THE_BYTES } from './response-draft.ts';

/** Who brings the body: an exchange with a server, or the sender of a file. */
export interface BodySource {
  /** Bytes are taken again: flush() had answered false. */
  onClientDrain(): void;
  /**
   * Called once. Null: the response is whole and with the client. Else the client left, or the transform failed; then
   * the client is still to be told, by an answer while its head is not sent, by a connection that breaks off after that.
   */
  onRewritten(error: ProxyError | null): void;
}

export class RewrittenBody implements BodyTarget, BodySink, BodyOutput {
  /** The server's chunks are no longer those of the body. */
  readonly takesChunks = false;
  readonly #client: ClientExchange;
  readonly #transform: BodyTransform;
  readonly #source: BodySource;
  /** Null once it is sent. */
  #head: string | null;
  #trailers = '';
  /** Inside sendBody: the client is flushed when its caller says so. */
  #feeding = false;
  /** The client takes no more for now. */
  #held = false;
  /** Told while feeding, and passed on after that. */
  #error: ProxyError | null = null;
  #over = false;

  /**
   * From here on it is this body that hears of the client.
   * @param head as for ClientExchange.sendHead(); without Content-Length
   */
  constructor(client: ClientExchange, head: string, transform: BodyTransform, source: BodySource) {
    this.#client = client;
    this.#head = head;
    this.#transform = transform;
    this.#source = source;
    transform.begin(this);
    client.attach(this);
  }

  // ---- from the source ------------------------------------------------------------------------------------------

  sendBody(buffer: Buffer, start: number, end: number): void {
    if (this.#over || this.#error !== null) return;
    this.#feeding = true;
    try {
      this.#transform.write(buffer, start, end);
    } catch (error) {
      this.#error = asProxyError(error); // of an extension
    }
    this.#feeding = false;
  }

  /** Never called: see takesChunks. */
  sendChunks(): void {}

  /** False when the source has to wait for onClientDrain(). */
  flush(): boolean {
    if (this.#error !== null) this.#finish(this.#error);
    if (this.#over) return false;
    this.#flushToClient();
    return !this.#held && !this.#transform.full;
  }

  /** The body is whole. onRewritten() follows, at once or later. @param trailers field lines with CRLF */
  end(trailers: string): void {
    if (this.#over) return;
    if (this.#error !== null) return this.#finish(this.#error);
    this.#trailers = trailers === '' ? '' : trailersOfChanged(trailers);
    try {
      this.#transform.end();
    } catch (error) {
      this.#finish(asProxyError(error));
    }
  }

  /** The source broke off: onRewritten() is not called. */
  destroy(): void {
    if (this.#over) return;
    this.#over = true;
    this.#transform.destroy();
  }

  // ---- from the transform ---------------------------------------------------------------------------------------

  write(buffer: Buffer, start: number, end: number): void {
    if (this.#over || start === end) return;
    this.#sendHead();
    this.#client.sendBody(buffer, start, end);
    if (!this.#feeding) this.#flushToClient();
  }

  ready(): void {
    if (!this.#over && !this.#held) this.#source.onClientDrain();
  }

  done(): void {
    if (this.#over) return;
    this.#sendHead();
    this.#client.endBody(this.#trailers);
    this.#finish(null);
  }

  fail(error: ProxyError): void {
    if (this.#feeding) this.#error = error;
    else this.#finish(error);
  }

  #sendHead(): void {
    if (this.#head === null) return;
    this.#client.sendHead(this.#head, BODY_STREAMED);
    this.#head = null;
  }

  #flushToClient(): void {
    if (this.#client.flush() || this.#held) return;
    this.#held = true;
    this.#transform.pause();
  }

  // ---- from the client ------------------------------------------------------------------------------------------

  onBody(): void {}

  onBodyPause(): void {}

  onBodyEnd(): void {}

  onClientGone(error: ProxyError): void {
    this.#finish(error);
  }

  onClientDrain(): void {
    if (!this.#held || this.#over) return;
    this.#held = false;
    this.#transform.resume();
    if (!this.#held && !this.#over && !this.#transform.full) this.#source.onClientDrain();
  }

  #finish(error: ProxyError | null): void {
    if (this.#over) return;
    this.#over = true;
    if (error !== null) this.#transform.destroy();
    this.#source.onRewritten(error);
  }
}

/** Without those that are about the bytes as they were. */
function trailersOfChanged(trailers: string): string {
  const isKept = (line: string): boolean => !OF_THE_BYTES.has(line.split(':', 1)[0]!.toLowerCase());
  return trailers
    .split(/(?<=\r\n)/)
    .filter(isKept)
    .join('');
}
