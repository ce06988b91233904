// What the attempts of one request share, in a farm with a retry policy: its rules, the body as far as it has come, and the time
// that all of them have together.
import type { RequestContext } from '../../model/request-context.ts';
import type { RetryRules } from '../../model/retry-rules.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { KeptBody } from './kept-body.ts';
import type { SpillFiles } from './spill-files.ts';

export class RetryRun {
  readonly rules: RetryRules;
  /** The method may be repeated (RFC 9110 9.2.2). */
  readonly isIdempotent: boolean;
  /** Null where the body is not kept. */
  readonly kept: KeptBody | null;
  /** Bytes of the body, or its end, have been taken from the client. */
  bodyTaken = false;
  /** Attempts so far. */
  attempts = 0;
  /** When protocol.timeout began to run for the responses of all attempts, monotonic ms: when the first was sent whole. */
  since: number;
  /** Calls off what ends the attempt under way when no time is left for it; null while nothing does. */
  endPatience: (() => void) | null = null;
  #wasSent = false;

  constructor(ctx: RequestContext, rules: RetryRules, isIdempotent: boolean, since: number, files: SpillFiles) {
    this.rules = rules;
    this.isIdempotent = isIdempotent;
    this.since = since;
    this.kept = isIdempotent && rules.keepsBody && mayKeep(ctx, rules) ? new KeptBody(rules, files) : null;
  }

  /** The request has been sent whole. @param now monotonic ms */
  sent(now: number): void {
    if (this.#wasSent) return;
    this.#wasSent = true;
    this.since = now;
  }

  /** How long one attempt may wait for the head, ms. @param timeout protocol.timeout */
  headTimeout(timeout: number): number {
    const { perTryTimeout } = this.rules;
    return perTryTimeout > 0 ? Math.min(perTryTimeout, timeout) : timeout;
  }

  /** False once bytes of the body have gone that are kept nowhere. */
  get canSendAgain(): boolean {
    return !this.bodyTaken || (this.kept?.usable ?? false);
  }

  release(): void {
    this.kept?.release();
  }
}

/** A body whose length says that it is too long is not kept at all. */
function mayKeep({ inbound, client }: RequestContext, { bodyMemory, bodyFile }: RetryRules): boolean {
  return (
    client!.bodyPending && (inbound.bodyKind === BodyKind.chunked || inbound.contentLength <= bodyMemory + bodyFile)
  );
}
