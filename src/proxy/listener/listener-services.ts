// What the connections of one data plane share: handed to each of them, so that nothing is global.
import type { Clock } from '../../base/clock.ts';
import type { Deadlines } from '../../base/deadlines.ts';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { RequestHeadScanner } from '../../wire/http1/request-head-scanner.ts';

export interface ListenerServices {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Scanners that no connection is using. */
  readonly scanners: RequestHeadScanner[];
  /** The configuration for the next request. */
  readonly snapshot: Snapshot;
  /** The Date field's value for now. */
  readonly date: string;
  /** A new GUID. */
  newId(): string;
  /** The journey of a request begins. */
  handle(ctx: RequestContext): void;
  /** A connection asks to be served; false when limits.connections is reached. */
  admit(): boolean;
  /** A TLS handshake asks to begin; false when limits.handshakes are under way. */
  admitHandshake(): boolean;
  handshakeOver(): void;
  /** It has closed. */
  released(connection: ClientConnectionInfo): void;
  /** A connection beyond the limit, or a request that never became one: malformed, or too slow. */
  refused(): void;
  /** An untrusted peer in a private range sent X-Forwarded-For. */
  untrustedForward(peerAddress: string): void;
}
