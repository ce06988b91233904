// The journey of a request: the list of its stages, and the way from the first of them to the last byte.
//
//   listener ─► admitRequest ─► stages (onRequest) ─► ( pin or pick ─► exchange )* ─► server
//   client  ◄── clientHead ◄── stages (onResponseHead) ◄─────────────── head ◄── server
//   client  ◄────────────────────────────────────────────────── body bytes ◄── server
//   and at the end: outcome ─► stages (onEnd) ─► sinks
//
// The stages run in the order of THE LIST, on the way back too; what stands in brackets is attempts.ts.
import type { Clock } from '../../base/clock.ts';
import type { Answer } from '../../model/answer.ts';
import type { Config } from '../../model/config.ts';
import type { OutcomeSink, Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import type { HostDirectory } from '../../model/host-directory.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Site } from '../../model/site.ts';
import { affinityStage } from '../affinity/affinity-stage.ts';
import { hostAffinityStage } from '../affinity/host-affinity-stage.ts';
import { contentStage } from '../content/content-stage.ts';
import { errorPagesStage } from '../errors/error-pages-stage.ts';
import { farmPagesStage } from '../errors/farm-pages-stage.ts';
import { farmStage } from '../farms/farm-stage.ts';
import { clientCertificateStage } from '../filtering/client-certificate-stage.ts';
import {
  doubleEscapingStage,
  serverFilterStage,
  siteFilterStage,
  webSocketStage,
} from '../filtering/filtering-stages.ts';
import { redirectToTlsStage, strictTransportStage } from '../listener/secure-transport-stages.ts';
import { responseStage } from '../response/response-stage.ts';
import type { OutboundSets } from '../rules/outbound/compile-outbound-sets.ts';
import { outboundStage } from '../rules/outbound/outbound-stage.ts';
import type { RuleSets } from '../rules/rule-set.ts';
import { rulesStage, siteRulesStage } from '../rules/rules-stage.ts';
import { brokenFolderStage } from '../sites/broken-folder-stage.ts';
import { customHeadersStage } from '../sites/custom-headers-stage.ts';
import { redirectStage } from '../sites/redirect-stage.ts';
import { siteStage } from '../sites/site-stage.ts';
import type { Exchange } from '../upstream/exchange.ts';
import type { UpstreamServices } from '../upstream/upstream-services.ts';
import { admitRequest } from './admit-request.ts';
import { Answers } from './answers.ts';
import { Attempts } from './attempts.ts';
import { type AnsweredHere, outcomeOf } from './outcome.ts';
import { runStages } from './run-stages.ts';

/** THE LIST. A stage that a configuration does not use is not in it. */
export function journeyStages(
  config: Config,
  asksForCertificates: boolean,
  farms: readonly Farm[],
  sites: readonly Site[],
  rules: RuleSets,
  outbound: OutboundSets | null,
  extensions: readonly Stage[],
  clock: Clock,
  hosts: HostDirectory,
): readonly Stage[] {
  const brokenFolders = brokenFolderStage(sites);
  return [
    // Plain requests that are to come by TLS, and clients whose certificate is not in order: before anything is looked at.
    redirectToTlsStage(config.listeners),
    asksForCertificates ? clientCertificateStage : null,
    // The site that a binding chooses: rules read its variables, and nothing that they do changes it.
    sites.length === 0 ? null : siteStage(config, sites),
    // Paths that are escaped twice, where not all of the configuration takes them.
    doubleEscapingStage(config),
    // What is refused of a request that belongs to no site; one that does is looked at after the global rules.
    serverFilterStage(config.requestFiltering),
    // The global rules: they decide where the request goes, or answer it.
    rules.global === null ? null : rulesStage(rules.global),
    // Folders of the site whose web.config is broken: before anything else of the site is asked.
    brokenFolders,
    // Clients and URLs that the site refuses, as they came: wherever the global rules sent them (arr.md 2).
    sites.length === 0 ? null : siteFilterStage(sites),
    // The rules of the site, for what is still to stay here.
    rules.byLevel === null ? null : siteRulesStage(rules.byLevel),
    // Redirects of the site that are no rules.
    redirectStage(sites),
    // Wherever the request goes by now, it may not go there as a WebSocket.
    webSocketStage(sites),
    // Then those of extensions: they see what the rules made of it, and may still send it to another farm.
    ...extensions.map(wayIn),
    // Those folders again: a rule or an extension may have led there.
    brokenFolders,
    // What is still to stay here is a file of the site, if there is one.
    sites.length === 0 ? null : contentStage(sites),
    // The farm that it goes to, and which of its servers take work.
    farmStage,
    // Narrowed to the servers of the host name, whoever the client is.
    hostAffinityStage(farms, hosts),
    // Narrowed to the server that the client is bound to. After it the balancer picks, once for each attempt.
    farms.some((farm) => farm.affinity !== null) ? affinityStage(clock) : null,
    // The pages of the farm for errors, before those of the site.
    farmPagesStage(farms),
    // The pages of a site for errors, and the fields that it adds to every response.
    errorPagesStage(sites),
    customHeadersStage(sites),
    strictTransportStage(config.listeners),
    // Those of extensions again, for the way back: they see the cookie that affinity has set.
    ...extensions.map(wayBack),
    // What ARR itself changes: rules that come after it see its result, as in IIS.
    responseStage(config, farms),
    // Last on the way back: the outbound rules see what the client would get.
    outbound === null ? null : outboundStage(outbound),
  ].filter((stage) => stage !== null);
}

/** An extension's stage has two places in the list: this one is for the request. */
function wayIn({ name, onRequest }: Stage): Stage | null {
  return onRequest === undefined ? null : { name, onRequest };
}

function wayBack({ onRequest: _, ...stage }: Stage): Stage | null {
  return Object.keys(stage).length === 1 ? null : stage;
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
  readonly #answers: Answers;

  constructor(services: JourneyServices) {
    this.#services = services;
    this.#attempts = new Attempts(services.upstream, services.date, (ctx, exchange, error) =>
      this.#settle(ctx, exchange, error),
    );
    this.#answers = new Answers(services.clock, services.date, services.onInternalError);
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
      .then((answer) => {
        if (answer !== undefined) this.#answer(ctx, answer);
        else this.#attempts.first(ctx, this.#services.clock.monotonic());
      })
      .catch((error: unknown) => this.#settle(ctx, null, asProxyError(error)));
  }

  #answer(ctx: RequestContext, answer: Answer): void {
    this.#answers.send(ctx, answer, (sent, error) => {
      if (sent === null && error !== null) this.#settle(ctx, null, error);
      else this.#close(ctx, null, error, sent);
    });
  }

  /** A request went to a server, or failed: what the client still has to be told. */
  #settle(ctx: RequestContext, exchange: Exchange | null, error: ProxyError | null): void {
    if (error?.code === 'internal') this.#services.onInternalError(error.cause ?? error);
    if (error === null || ctx.client!.headSent || error.code === 'clientGone')
      return this.#close(ctx, exchange, error, null);
    this.#answers.tell(ctx, error, (sent) => this.#close(ctx, exchange, error, sent));
  }

  /** Nothing more can happen to the request: the books. */
  #close(ctx: RequestContext, exchange: Exchange | null, error: ProxyError | null, answer: AnsweredHere | null): void {
    ctx.outcome = outcomeOf(ctx, exchange, error, answer, this.#services.clock);
    this.#end(ctx);
  }

  #end(ctx: RequestContext): void {
    for (const stage of ctx.snapshot.stages) stage.onEnd?.(ctx);
    for (const sink of this.#services.sinks) sink.record(ctx);
    ctx.client!.finish();
  }
}
