// The journey of a request: the list of its stages, and the way from the first of them to the last byte.
//
//   listener ─► stages (onRequest) ─► attempts ─► server
//   client  ◄── stages (onResponseHead) ◄── attempts ◄── server, then stages (onEnd) and the outcome's sinks
//
import type { Clock } from '../../base/clock.ts';
import type { Answer } from '../../model/answer.ts';
import { sendAnswer } from '../../model/answer.ts';
import type { Config } from '../../model/config.ts';
import { errorAnswer } from '../../model/error-answer.ts';
import type { OutcomeSink, Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { affinityStage } from '../affinity/affinity-stage.ts';
import { farmStage } from '../farms/farm-stage.ts';
import { responseStage } from '../response/response-stage.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { rulesStage } from '../rules/rules-stage.ts';
import type { Exchange } from '../upstream/exchange.ts';
import type { UpstreamServices } from '../upstream/upstream-services.ts';
import { Attempts } from './attempts.ts';
import { outcomeOf } from './outcome.ts';
import { admitRequest, runStages } from './run-stages.ts';

/** THE LIST. A stage that a configuration does not use is not in it. */
export function journeyStages(config: Config, farms: readonly Farm[], rules: RuleSet | null): readonly Stage[] {
  return [
    // Rules first: they decide where the request goes, or answer it.
    rules === null ? null : rulesStage(rules),
    // The farm that it goes to, and which of its servers take work.
    farmStage,
    // Narrowed to the server that the client is bound to. After it the balancer picks, once for each attempt.
    farms.some((farm) => farm.affinity !== null) ? affinityStage : null,
    // Last on the way back: what it edits no other stage edits again.
    responseStage(config, farms),
  ].filter((stage) => stage !== null);
}

export interface JourneyServices {
  readonly clock: Clock;
  readonly upstream: UpstreamServices;
  /** Where outcomes go, in this order. */
  readonly sinks: readonly OutcomeSink[];
  /** The Date field's value for now. */
  date(): string;
  /** Something that must not happen did: for the log. */
  onInternalError(error: unknown): void;
}

export class Journey {
  readonly #services: JourneyServices;
  readonly #attempts: Attempts;

  constructor(services: JourneyServices) {
    this.#services = services;
    this.#attempts = new Attempts(services.upstream, services.date, (ctx, exchange, error) =>
      this.#settle(ctx, exchange, error),
    );
  }

  /** Begins the journey of `ctx`. Its end is an outcome, always. */
  begin(ctx: RequestContext): void {
    try {
      admitRequest(ctx);
      const answer = runStages(ctx, 0);
      if (answer === undefined) this.#attempts.first(ctx);
      else if (answer instanceof Promise) this.#continueLater(ctx, answer);
      else this.#answer(ctx, answer);
    } catch (error) {
      this.#settle(ctx, null, asProxyError(error));
    }
  }

  #continueLater(ctx: RequestContext, pending: Promise<Answer | undefined>): void {
    pending
      .then((answer) => (answer === undefined ? this.#attempts.first(ctx) : this.#answer(ctx, answer)))
      .catch((error: unknown) => this.#settle(ctx, null, asProxyError(error)));
  }

  #answer(ctx: RequestContext, answer: Answer): void {
    const exchange = ctx.exchange!;
    if (answer.kind === 'abort') exchange.abortResponse();
    else sendAnswer(exchange, answer, ctx.inbound.method, this.#services.date());
    ctx.outcome = outcomeOf(ctx, null, null, answer, this.#services.clock);
    this.#end(ctx);
  }

  /** The last word on a request that went to a server, or failed: what the client still has to be told, then the books. */
  #settle(ctx: RequestContext, exchange: Exchange | null, error: ProxyError | null): void {
    const client = ctx.exchange!;
    if (error !== null) {
      if (error.code === 'internal') this.#services.onInternalError(error.cause ?? error);
      if (!client.headSent && error.code !== 'clientGone') {
        const accept = ctx.inbound.fieldOfKind(FieldKind.accept);
        sendAnswer(client, errorAnswer(error, ctx.id, accept), ctx.inbound.method, this.#services.date());
      }
    }
    ctx.outcome = outcomeOf(ctx, exchange, error, null, this.#services.clock);
    this.#end(ctx);
  }

  #end(ctx: RequestContext): void {
    for (const stage of ctx.snapshot.stages) stage.onEnd?.(ctx);
    for (const sink of this.#services.sinks) sink.record(ctx);
    ctx.exchange!.finish();
  }
}
