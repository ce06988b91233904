// Rewrite: another path for the request, or another place to send it to (url-rewrite.md 10 and 13). The two classes
// differ in when the place is known: as the rule is compiled, or only when its expressions are expanded.
import type { Part } from '../expressions/part.ts';
import type { RuleRun } from '../rule-run.ts';
import type { Action } from './action.ts';
import { canBeDestination, type Origin, readOrigin } from './origin.ts';
import { isOwnAddress } from './own-address.ts';
import type { UrlSource } from './url-source.ts';

/** To a place that the configuration names; null: to a path of our own. */
export class RewriteToKnown implements Action {
  readonly #origin: Origin | null;
  readonly #isFarm: boolean;
  readonly #url: UrlSource;

  constructor(origin: Origin | null, isFarm: boolean, url: UrlSource) {
    this.#origin = origin;
    this.#isFarm = isFarm;
    this.#url = url;
  }

  perform(run: RuleRun): undefined {
    this.#url.apply(run);
    sendTo(this.#origin, this.#isFarm, run);
  }
}

/** What a rewrite takes from the rule set around it. */
export interface RewriteScope {
  /** Names of farms, lower-case. */
  readonly farms: ReadonlySet<string>;
  readonly keepEscapes: boolean;
  readonly base: string;
}

/** To wherever the expanded URL says. */
export class RewriteToExpanded implements Action {
  readonly #url: Part;
  readonly #scope: RewriteScope;
  readonly #append: boolean;

  constructor(url: Part, scope: RewriteScope, append: boolean) {
    this.#url = url.inUrl();
    this.#scope = scope;
    this.#append = append;
  }

  perform(run: RuleRun): undefined {
    const url = this.#url.expand(run);
    const absolute = readOrigin(url);
    const origin = absolute?.origin ?? null;
    if (origin !== null && !canBeDestination(origin.authority, this.#scope.farms)) {
      throw run.failure(`${JSON.stringify(url.slice(0, absolute!.end))} names no host`);
    }
    const { farms, keepEscapes, base } = this.#scope;
    if (absolute === null) run.replaceUrl(url, this.#append, keepEscapes, base);
    else run.replaceUrl(url.slice(absolute.end), this.#append, keepEscapes, '/');
    sendTo(origin, origin !== null && farms.has(origin.authority), run);
  }
}

/** The name of a farm wins over our own: a client must not lead a request astray by calling us `shop`. */
function sendTo(origin: Origin | null, isFarm: boolean, run: RuleRun): void {
  const { outbound } = run.ctx;
  const local = origin === null || (!isFarm && isOwnAddress(origin, run.ctx));
  outbound.rewritten = true;
  outbound.destination = local ? null : origin.authority;
  outbound.scheme = local ? 'http' : origin.scheme;
}
