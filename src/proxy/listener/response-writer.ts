// The writing half of a client connection: frames the body of each answer as the client's version takes it, and writes
// what one turn of work has to say at once. ClientConnection is one of these, so that a connection costs an object less.
import { BatchedWriter } from '../../base/batched-writer.ts';
import { BODY_NONE, BODY_STREAMED } from '../../model/client.ts';
import { chunkSizeLine } from '../../wire/http1/serialise.ts';
import { type AcceptedConnection, ClientPeer } from './client-peer.ts';

/** Silence after which the system asks whether the client of a session is still there, ms. */
const KEEP_ALIVE_AFTER = 60_000;

export class ResponseWriter extends ClientPeer {
  /** False while the client of this request speaks HTTP/1.0. */
  takesChunks = true;
  /** As ClientExchange has it. */
  headSent = false;
  readonly #writer: BatchedWriter;
  #chunking = false;
  #muted = false;
  #noDelay = false;
  /** The answer was a 101: what is sent now is a session's, without framing. */
  inSession = false;
  #writtenBefore = 0;

  /** As ClientPeer. */
  constructor(accepted: AcceptedConnection) {
    super(accepted);
    this.#writer = new BatchedWriter(accepted.socket);
  }

  /** The answers from now on are for a request of HTTP/1.`minorVersion`. */
  protected beginAnswer(minorVersion: 0 | 1): void {
    this.takesChunks = minorVersion === 1;
    this.headSent = false;
    this.#writtenBefore = this.#writer.written;
  }

  /** A 1xx head, whole; an HTTP/1.0 client does not know them. */
  protected writeInformational(head: string): void {
    if (!this.takesChunks) return;
    this.#writer.text(head);
    this.#writer.flush();
  }

  /** True when a body of this length ends with the connection: the connection cannot be kept. */
  protected endsByClose(bodyLength: number): boolean {
    return bodyLength === BODY_STREAMED && !this.takesChunks;
  }

  /** As ClientExchange.sendHead(). @param keep what the Connection field says */
  protected writeHead(head: string, bodyLength: number, keep: boolean): void {
    this.headSent = true;
    this.#muted = bodyLength === BODY_NONE;
    this.#chunking = bodyLength === BODY_STREAMED && this.takesChunks;
    if (bodyLength === BODY_STREAMED) this.sendAtOnce();
    const connection = keep ? (this.takesChunks ? '' : 'Connection: keep-alive\r\n') : 'Connection: close\r\n';
    this.#writer.text(
      this.#chunking ? `${head}Transfer-Encoding: chunked\r\n${connection}\r\n` : `${head}${connection}\r\n`,
    );
  }

  /** As ClientExchange.switchTo(). */
  protected writeSwitch(head: string): void {
    this.headSent = true;
    this.inSession = true;
    this.#muted = false;
    this.#chunking = false;
    this.sendAtOnce();
    this.socket.setTimeout(0);
    this.socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
    this.#writer.text(`${head}Connection: Upgrade\r\n\r\n`);
  }

  /** As ClientExchange has it. */
  sendBody(buffer: Buffer, start: number, end: number): void {
    if (this.#muted || start === end) return;
    if (this.#chunking) this.#writer.text(chunkSizeLine(end - start));
    this.#writer.bytes(buffer, start, end);
    if (this.#chunking) this.#writer.text('\r\n');
  }

  /** As ClientExchange has it. */
  sendChunks(buffer: Buffer, start: number, end: number): void {
    if (!this.#muted) this.#writer.bytes(buffer, start, end);
  }

  /** @param trailers field lines with CRLF */
  protected writeEnd(trailers: string): void {
    if (this.inSession) {
      this.#writer.flush();
      this.socket.end();
    } else if (this.#chunking && !this.#muted) this.#writer.text(`0\r\n${trailers}\r\n`);
  }

  /** False when the client takes no more for now: the socket's 'drain' follows. */
  protected writeOut(): boolean {
    return this.#writer.flush();
  }

  /** As ClientExchange has it. */
  get retains(): boolean {
    return this.#writer.retains;
  }

  /** As ClientExchange has it. */
  whenReleased(act: () => void): void {
    this.#writer.whenReleased(act);
  }

  /** True while not everything has been taken. */
  protected get unsent(): boolean {
    return this.#writer.unsent;
  }

  /** True while so much waits that a 'drain' will follow. */
  protected get crowded(): boolean {
    return this.#writer.full;
  }

  /** Bytes of this request's answers. */
  get bytesOut(): number {
    return this.#writer.written - this.#writtenBefore;
  }

  /** Only a connection that says more than one thing needs it: the system call is spared where each request has its own. */
  protected sendAtOnce(): void {
    if (this.#noDelay) return;
    this.#noDelay = true;
    this.socket.setNoDelay(true);
  }
}
