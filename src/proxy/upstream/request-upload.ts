// Steps 2 and 3 of an exchange whose request has a body: on its way to the server with back-pressure, and first what
// another attempt kept of it. Requests without a body make none of these.
import type { DeadlineQueue } from '../../base/deadlines.ts';
import type { ClientExchange } from '../../model/client.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { BodyReplay, type ReplayTarget } from './body-replay.ts';
import { endBody, writeBody } from './request-body.ts';
import type { RetryRun } from './retry-run.ts';
import type { ServerConnection } from './server-connection.ts';

/** The exchange. */
export interface UploadOwner {
  readonly ctx: RequestContext;
  readonly run: RetryRun | null;
  bodySent: boolean;
  /** Sends what was written, and stops the client where the server takes no more. */
  flushToServer(): void;
  /** Runs once the last byte is written. */
  readonly headTimeout: DeadlineQueue;
  /** The attempt is over. */
  fail(error: ProxyError): void;
}

export class RequestUpload implements ReplayTarget {
  /** Until the body is whole, or no more of it is wanted. */
  active = true;
  readonly #owner: UploadOwner;
  readonly #connection: ServerConnection;
  readonly #client: ClientExchange;
  readonly #replay: BodyReplay | null;
  #beginning = true;

  /** @param again the body, or its beginning, was sent to another server before */
  constructor(owner: UploadOwner, connection: ServerConnection, again: boolean) {
    this.#owner = owner;
    this.#connection = connection;
    this.#client = owner.ctx.client!;
    this.#replay = again ? new BodyReplay(owner.run!.kept!, this) : null;
  }

  /** The body is one that was kept. */
  get repeats(): boolean {
    return this.#replay !== null;
  }

  /** What was kept is still being sent. */
  get replaying(): boolean {
    return this.#replay?.over === false;
  }

  /** Sends what has come already; the owner flushes. */
  begin(): void {
    if (this.#replay !== null) this.#replay.pump();
    else this.#client.resumeBody();
    this.#beginning = false;
  }

  onReplay(piece: Buffer): boolean {
    const { writer, socket } = this.#connection;
    this.#owner.bodySent = true;
    if (socket.writeFailed) return true;
    writeBody(writer, this.#owner.ctx.inbound.bodyKind, piece, 0, piece.length);
    this.#owner.flushToServer();
    return !writer.full;
  }

  onReplayed(): void {
    const kept = this.#owner.run!.kept!;
    if (kept.whole) this.#end(kept.trailers);
    else this.#client.resumeBody();
    this.#owner.flushToServer();
  }

  onReplayFailed(): void {
    this.#owner.fail(new ProxyError('internal', 'the body that was kept for another attempt could not be read'));
  }

  /** As BodySink has it. */
  onBody(buffer: Buffer, start: number, end: number): void {
    const { run, ctx } = this.#owner;
    const connection = this.#connection;
    if (run !== null) {
      run.bodyTaken = true;
      run.kept?.append(buffer, start, end);
    }
    if (connection.socket.writeFailed) return; // the server's answer is still being read
    if (!this.#owner.bodySent) {
      this.#owner.bodySent = true;
      connection.stopDeadline(); // it ran if a 100 was awaited: now we wait for the client
    }
    writeBody(connection.writer, ctx.inbound.bodyKind, buffer, start, end);
  }

  /** As BodySink has it. */
  onBodyPause(): void {
    if (!this.#beginning || this.repeats) this.#owner.flushToServer();
  }

  /** As BodySink has it. @param now monotonic ms */
  onBodyEnd(trailers: string, now: number): void {
    const { run } = this.#owner;
    if (run !== null) {
      run.bodyTaken = true;
      run.kept?.end(trailers);
      run.sent(now);
    }
    this.#end(trailers);
  }

  #end(trailers: string): void {
    this.active = false;
    this.#owner.bodySent = true;
    endBody(this.#connection.writer, this.#owner.ctx.inbound.bodyKind, trailers);
    this.#connection.startDeadline(this.#owner.headTimeout);
  }

  /** A client that is faster than the disk that keeps its body waits for it. */
  awaitDisk(): void {
    const kept = this.#owner.run?.kept ?? null;
    if (kept === null || !this.active || !kept.behind) return;
    this.#client.pauseBody();
    kept.whenCaughtUp(() => {
      if (this.active && !this.#connection.writer.full) this.#client.resumeBody();
    });
  }

  /** The server takes more. @returns false when there is nothing more to send */
  resume(): boolean {
    if (this.replaying) this.#replay!.pump();
    else if (!this.active) return false;
    else if (this.#owner.run?.kept?.behind === true) this.awaitDisk();
    else this.#client.resumeBody();
    return true;
  }

  /** Nothing more of it is wanted. */
  stop(): void {
    this.active = false;
    this.#replay?.stop();
    this.#owner.run?.kept?.whenCaughtUp(null);
  }
}
