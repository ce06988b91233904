// What the journey knows of the client's side: facts of its connection, and the way to answer. The listener fulfils
// both, whatever the version of the wire, so that nothing behind it depends on HTTP/1.1.
import type { ClientTlsInfo } from './client-tls.ts';
import type { ProxyError } from './proxy-error.ts';

export interface ClientConnectionInfo {
  readonly listener: string;
  /** Address of the TCP peer; '' on a Unix socket. */
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  /** Port of the listener: SERVER_PORT, unless the binding of a site has another. */
  readonly localPort: number;
  readonly secure: boolean;
  /** Null where it is not secure, and for a request that somebody only asks about. */
  readonly tls: ClientTlsInfo | null;
  /** Its listener serves no client without a certificate. */
  readonly certificateRequired: boolean;
  /** True when the peer is in trustedProxies. */
  readonly trusted: boolean;
}

/** Takes the request body as it comes, and hears of the client: an exchange with a server, or who sends a file. */
export interface BodySink {
  /** Bytes buffer[start, end) of the payload; they may be kept by reference. */
  onBody(buffer: Buffer, start: number, end: number): void;
  /** All that has come for now was handed over: send it. */
  onBodyPause(): void;
  /** The payload is whole. `trailers` are field lines with CRLF, already cleaned; '' for none. */
  onBodyEnd(trailers: string): void;
  /** The client went, or broke the rules, before the request was whole or before the answer was. */
  onClientGone(error: ProxyError): void;
  /** What was not written to the client has been: go on reading from the server, or from the disk. */
  onClientDrain(): void;
}

/** Length of a response body for sendHead: unknown beforehand (chunked to HTTP/1.1, ended by close to HTTP/1.0), or no body at all. */
export const BODY_STREAMED = -1;
export const BODY_NONE = -2;

/** Takes the body of a response: the client's connection, or what changes the body first. */
export interface BodyTarget {
  /** True when a body can be passed on in chunks as the server framed it. */
  readonly takesChunks: boolean;
  sendBody(buffer: Buffer, start: number, end: number): void;
  /** Bytes that are chunks already; only where takesChunks and the body is BODY_STREAMED. */
  sendChunks(buffer: Buffer, start: number, end: number): void;
  /** Writes what was collected. False when no more is taken for now: onClientDrain follows. */
  flush(): boolean;
}

/** Who was given buffers by reference. */
export interface BufferHolder {
  /** True while buffers given to sendBody may not be changed. */
  readonly retains: boolean;
  /** @param act called when they may; never where the connection breaks before */
  whenReleased(act: () => void): void;
}

/** The way back to the client for one request. What is sent is collected until flush(). */
export interface ClientExchange extends BodyTarget, BufferHolder {
  /** `sink` hears of the client from now on, at once if it is gone; the body waits for resumeBody(). */
  attach(sink: BodySink): void;
  /** No sink listens any more, and no body is read: an attempt ended, or the rest of the body is not wanted. */
  detach(): void;
  pauseBody(): void;
  /** Body bytes that have come already are pushed into the sink before this returns. */
  resumeBody(): void;
  /** A body without a length, of which more than `bytes` come, breaks the rules: the site of the request says so. */
  limitBody(bytes: number): void;
  /** True while the request has body bytes that no sink has taken. */
  readonly bodyPending: boolean;
  /** What the client did that ends the request: it went, or broke the rules (then it is still told so); null while neither. */
  readonly gone: ProxyError | null;
  /** A 1xx head other than 101, whole, with its empty line; not sent to an HTTP/1.0 client. */
  sendInformational(head: string): void;
  /**
   * Status line and field lines, each with CRLF, without Connection and Transfer-Encoding and without the empty line.
   * @param bodyLength payload bytes to follow (the head then says so in Content-Length), BODY_STREAMED or BODY_NONE
   */
  sendHead(head: string, bodyLength: number): void;
  /**
   * The response is a 101: from now on both bodies are whatever bytes come, until each side has ended. The client's go to
   * `onBody`, its end is `onBodyEnd('')`, and endBody() ends our side alone.
   * @param head as sendHead() has it, with its Upgrade field
   */
  switchTo(head: string): void;
  /** The response is whole, and is written. `trailers`: field lines with CRLF; sent only where the framing can carry them. */
  endBody(trailers: string): void;
  /** The request is settled: on to the next one, or to the end of the connection. */
  finish(): void;
  /** The response cannot be completed: the client sees a connection that breaks off. */
  abortResponse(): void;
  /** True once sendHead() was called: no other answer can be sent. */
  readonly headSent: boolean;
  /** Bytes of this request from the client, and of its response to it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}
