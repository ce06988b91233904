// One response on its way through the outbound rules: what expressions read, and what explain wants to know.
import type { RequestContext } from '../../../model/request-context.ts';
import type { ResponseDraft } from '../../../model/response-draft.ts';
import type { RuleStep } from '../../../model/trace.ts';
import { decodePath, pathEnd, prepareTarget } from '../../../wire/target.ts';
import { PatternTimeout } from '../patterns/time-limited.ts';
import { LONGEST_INPUT, RuleRun } from '../rule-run.ts';
import { TooMuchMade } from './changed-bytes.ts';
import type { OutboundSet } from './outbound-set.ts';

/** A page may have thousands of addresses: so many of them are explained. */
const MOST_STEPS = 200;

export class ResponseRun extends RuleRun {
  /** Of the set, for explain. */
  readonly #scope: string;
  #steps = 0;

  constructor(ctx: RequestContext, response: ResponseDraft, set: Pick<OutboundSet, 'scope' | 'failureCode'>) {
    super(ctx, set.failureCode);
    this.response = response;
    this.#scope = set.scope;
    const target = seenTarget(ctx);
    if (target === ctx.outbound.target) return;
    const end = pathEnd(target);
    this.path = decodePath(target);
    this.query = end === target.length ? '' : target.slice(end + 1);
  }

  /** Too long a text is a failure of the rule: the client has done nothing wrong. */
  override bound(text: string): string {
    if (text.length <= LONGEST_INPUT) return text;
    throw this.failure(`it was given ${text.length} characters to match`);
  }

  /** A step that is no rule's: conditions note themselves in it. */
  gatherConditions(): RuleStep {
    this.step = {
      ...{ stage: 'rule', name: '', scope: this.#scope, input: '', matched: false, negate: false },
      ...{ captures: [], conditions: [], reason: '' },
    };
    return this.step;
  }

  /** Begins the step of the rule at work, when somebody asked. */
  beginStep(name: string, input: string, pattern: string, negate: boolean, anyHolds: boolean): RuleStep | null {
    this.step = null;
    const { trace } = this.ctx;
    if (trace === null || this.#steps === MOST_STEPS) return null;
    this.#steps++;
    this.step = {
      ...{ stage: 'rule', name, scope: this.#scope, outbound: true, input, pattern, matched: false, negate },
      ...{ captures: [], conditions: [], reason: 'failed while it was carried out' },
      ...(anyHolds && { logicalGrouping: 'MatchAny' }),
    };
    trace.push(this.step);
    return this.step;
  }
}

/** The URL that outbound rules see: the client's where the request was sent on, else the one that rules made of it (url-rewrite.md 13). */
export function seenTarget({ inbound, outbound }: RequestContext): string {
  if (outbound.destination === null) return outbound.target;
  const received = prepareTarget(inbound.path, true);
  return typeof received === 'string' ? received : inbound.path;
}

/** What is thrown for `error`: a pattern that took too long is a failure of its rule, and so is what grows without measure. */
export function asFailure(error: unknown, run: RuleRun): unknown {
  return error instanceof PatternTimeout || error instanceof TooMuchMade ? run.failure(error.message) : error;
}
