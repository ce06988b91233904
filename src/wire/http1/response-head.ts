// A server's response head (RFC 9112 4 and 5), checked and framed. Made by ResponseHeadScanner.head().
import type { BodyKind } from './body-kind.ts';
import { type MessageFacts, MessageHead } from './message-head.ts';

/** What a scanned response head says, before the method of its request is known. */
export interface ResponseFacts extends MessageFacts {
  readonly status: number;
  readonly reason: string;
  readonly minorVersion: 0 | 1;
  readonly contentLength: number;
  readonly keepAliveTimeout: number;
  readonly connectionOptions: readonly string[] | null;
}

export class ResponseHead extends MessageHead implements ResponseFacts {
  readonly status: number;
  /** Reason phrase as received, may be ''. */
  readonly reason: string;
  readonly minorVersion: 0 | 1;
  /** none, length, chunked or close. */
  readonly bodyKind: BodyKind;
  /** Value of Content-Length, also where the response has no body (HEAD, 304); -1 when there is none. */
  readonly contentLength: number;
  /** Whether the connection may serve again once the body is read. */
  readonly keepAlive: boolean;
  /** Seconds of `Keep-Alive: timeout=N`; -1 when absent. */
  readonly keepAliveTimeout: number;
  /** As RequestHead.connectionOptions. */
  readonly connectionOptions: readonly string[] | null;
  /** A 1xx other than 101: the final response is still to come. */
  readonly isInterim: boolean;

  constructor(facts: ResponseFacts, bodyKind: BodyKind, keepAlive: boolean) {
    super(facts);
    this.status = facts.status;
    this.reason = facts.reason;
    this.minorVersion = facts.minorVersion;
    this.bodyKind = bodyKind;
    this.contentLength = facts.contentLength;
    this.keepAlive = keepAlive;
    this.keepAliveTimeout = facts.keepAliveTimeout;
    this.connectionOptions = facts.connectionOptions;
    this.isInterim = facts.status < 200 && facts.status !== 101;
  }
}
