// A request head as the client sent it (RFC 9112 3 and 5), checked and framed. Made by RequestHeadScanner.head().
import type { BodyKind } from './body-kind.ts';
import { type MessageFacts, MessageHead } from './message-head.ts';

export { BodyKind } from './body-kind.ts';

/** What a scanned request head says; the scanner is one, so that no object stands between it and the head. */
export interface RequestFacts extends MessageFacts {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly scheme: string;
  readonly minorVersion: 0 | 1;
  readonly host: string;
  readonly bodyKind: BodyKind;
  readonly contentLength: number;
  readonly keepAlive: boolean;
  readonly expectContinue: boolean;
  readonly wantsUpgrade: boolean;
  readonly connectionOptions: readonly string[] | null;
  readonly acceptsTrailers: boolean;
}

export class RequestHead extends MessageHead implements RequestFacts {
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  /** Path and query of the target, also of an absolute one (`/` when it has none); `*` for OPTIONS of the whole server. */
  readonly path: string;
  /** `http` or `https` of an absolute target, else ''. */
  readonly scheme: string;
  readonly minorVersion: 0 | 1;
  /** Authority of an absolute target, else the Host field; '' for HTTP/1.0 without one. A valid host[:port], in the client's spelling. */
  readonly host: string;
  /** none, length or chunked. */
  readonly bodyKind: BodyKind;
  /** Bytes; 0 unless bodyKind is length. */
  readonly contentLength: number;
  /** Whether the client lets the connection live on. */
  readonly keepAlive: boolean;
  /** The client waits for 100 Continue before it sends its body. */
  readonly expectContinue: boolean;
  /** Connection names upgrade and there is an Upgrade field. */
  readonly wantsUpgrade: boolean;
  /** Lower-case options of Connection other than close, keep-alive, upgrade and te: names of fields not to be relayed. Null for none. */
  readonly connectionOptions: readonly string[] | null;
  /** The client said `TE: trailers`. */
  readonly acceptsTrailers: boolean;

  constructor(facts: RequestFacts) {
    super(facts);
    this.method = facts.method;
    this.target = facts.target;
    this.path = facts.path;
    this.scheme = facts.scheme;
    this.minorVersion = facts.minorVersion;
    this.host = facts.host;
    this.bodyKind = facts.bodyKind;
    this.contentLength = facts.contentLength;
    this.keepAlive = facts.keepAlive;
    this.expectContinue = facts.expectContinue;
    this.wantsUpgrade = facts.wantsUpgrade;
    this.connectionOptions = facts.connectionOptions;
    this.acceptsTrailers = facts.acceptsTrailers;
  }
}
