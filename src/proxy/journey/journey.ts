// The journey of a request: the list of its stages, and the way from the first of them to the last byte.
//
//   listener ─► admitRequest ─► stages (onRequest) ─► ( pin or pick ─► exchange )* ─► server
//   client  ◄── clientHead ◄── stages (onResponseHead) ◄─────────────── head ◄── server
//   client  ◄────────────────────────────────────────────────── body bytes ◄── server
//   and at the end: outcome ─► stages (onEnd) ─► sinks
//
// The stages run in the order of THE LIST, on the way back too; what stands in brackets is attempts.ts.
import type { Clock } from '../../base/clock.ts';
import { type Answer, sendAnswer } from '../../model/answer.ts';
import type { Config } from '../../model/config.ts';
import { errorAnswer } from '../../model/error-answer.ts';
import type { OutcomeSink, Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Site } from '../../model/site.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { affinityStage } from '../affinity/affinity-stage.ts';
import { contentStage } from '../content/content-stage.ts';
import { FileSender, type FileSenderOwner } from '../content/file-sender.ts';
import { farmStage } from '../farms/farm-stage.ts';
import { responseStage } from '../response/response-stage.ts';
import type { RuleSets } from '../rules/rule-set.ts';
import { rulesStage, siteRulesStage } from '../rules/rules-stage.ts';
import { siteStage } from '../sites/site-stage.ts';
import type { Exchange } from '../upstream/exchange.ts';
import type { UpstreamServices } from '../upstream/upstream-services.ts';
import { admitRequest } from './admit-request.ts';
import { Attempts } from './attempts.ts';
import { type AnsweredHere, outcomeOf } from './outcome.ts';
import { runStages } from './run-stages.ts';

/** THE LIST. A stage that a configuration does not use is not in it. */
export function journeyStages(
  config: Config,
  farms: readonly Farm[],
  sites: readonly Site[],
  rules: RuleSets,
  extensions: readonly Stage[],
): readonly Stage[] {
  return [
    // The site that a binding chooses: rules read its variables, and nothing that they do changes it.
    sites.length === 0 ? null : siteStage(config, sites),
    // The global rules: they decide where the request goes, or answer it.
    rules.global === null ? null : rulesStage(rules.global),
    // The rules of the site, for what is still to stay here.
    rules.bySite === null ? null : siteRulesStage(rules.bySite),
    // Then those of extensions: they see what the rules made of it, and may still send it to another farm.
    ...extensions.map(wayIn),
    // What is still to stay here is a file of the site, if there is one.
    sites.length === 0 ? null : contentStage(sites),
    // The farm that it goes to, and which of its servers take work.
    farmStage,
    // Narrowed to the server that the client is bound to. After it the balancer picks, once for each attempt.
    farms.some((farm) => farm.affinity !== null) ? affinityStage : null,
    // Those of extensions again, for the way back: they see the cookie that affinity has set.
    ...extensions.map(wayBack),
    // Last on the way back: what it edits no other stage edits again.
    responseStage(config, farms),
  ].filter((stage) => stage !== null);
}

/** An extension's stage has two places in the list: this one is for the request. */
function wayIn({ name, onRequest }: Stage): Stage | null {
  return onRequest === undefined ? null : { name, onRequest };
}

function wayBack({ name, onResponseHead, onEnd }: Stage): Stage | null {
  if (onResponseHead === undefined && onEnd === undefined) return null;
  return { name, ...(onResponseHead && { onResponseHead }), ...(onEnd && { onEnd }) };
}

/** The connection was dropped instead. */
const NOTHING: AnsweredHere = { status: 0, subStatus: 0 };

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
  readonly #fileOwner: FileSenderOwner;

  constructor(services: JourneyServices) {
    this.#services = services;
    this.#attempts = new Attempts(services.upstream, services.date, (ctx, exchange, error) =>
      this.#settle(ctx, exchange, error),
    );
    this.#fileOwner = {
      clock: services.clock,
      date: services.date,
      onFileDone: (ctx, sent, error) => this.#settle(ctx, null, error, sent),
    };
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
    const client = ctx.client!;
    if (answer.kind === 'file') return new FileSender(ctx, answer, this.#fileOwner).begin();
    if (answer.kind === 'abort') client.abortResponse();
    else sendAnswer(client, answer, ctx.inbound.method, this.#services.date());
    this.#settle(ctx, null, null, answer.kind === 'abort' ? NOTHING : answer);
  }

  /** The last word on a request: what the client still has to be told, then the books. */
  #settle(
    ctx: RequestContext,
    exchange: Exchange | null,
    error: ProxyError | null,
    answer: AnsweredHere | null = null,
  ): void {
    const client = ctx.client!;
    if (error !== null) {
      if (error.code === 'internal') this.#services.onInternalError(error.cause ?? error);
      if (!client.headSent && error.code !== 'clientGone') {
        const accept = ctx.inbound.fieldOfKind(FieldKind.accept);
        sendAnswer(client, errorAnswer(error, ctx.id, accept), ctx.inbound.method, this.#services.date());
      }
    }
    ctx.outcome = outcomeOf(ctx, exchange, error, answer, this.#services.clock);
    this.#end(ctx);
  }

  #end(ctx: RequestContext): void {
    for (const stage of ctx.snapshot.stages) stage.onEnd?.(ctx);
    for (const sink of this.#services.sinks) sink.record(ctx);
    ctx.client!.finish();
  }
}
