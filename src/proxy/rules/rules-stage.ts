// The stages of the journey that run rules (url-rewrite.md 2): the global ones, then those of the site at the URL that
// the global ones left. Each list is gone through once, in order.
import type { Answer } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { decodePath } from '../../wire/target.ts';
import { RuleRun } from './rule-run.ts';
import type { RuleSet, RuleSets } from './rule-set.ts';
import { beginStep, noteDecision, noteResult, noteStop, urlNow } from './trace-rule.ts';

/**
 * Runs the global rules on each request: writes ctx.outbound and ctx.matchedRules, or answers. Throws ProxyError:
 * ruleFailed (500.51, naming the rule), uriTooLong (414).
 */
export function rulesStage(set: RuleSet): Stage {
  return {
    name: 'rules',
    onRequest: (ctx) => runRules(set, ctx),
  };
}

/**
 * Runs the rules in force at the request's URL in its site, unless the request is bound for a farm or another origin
 * already (docs/decisions/0002). Throws as rulesStage(), with siteRuleFailed (500.50).
 */
export function siteRulesStage(byLevel: NonNullable<RuleSets['byLevel']>): Stage {
  return {
    name: 'site rules',
    onRequest(ctx) {
      if (ctx.site === null || ctx.outbound.destination !== null) return undefined;
      const set = byLevel.get(ctx.site.levelAt(decodePath(ctx.outbound.target)).id);
      return set === undefined ? undefined : runRules(set, ctx);
    },
  };
}

type Answered = Answer | undefined;

function runRules(set: RuleSet, ctx: RequestContext): Answered | Promise<Answered> {
  return runFrom(0, set, new RuleRun(ctx, set.failureCode));
}

/** A rule that must wait for the disk is asked again when the answer is there; nothing was changed by it until then. */
function runFrom(first: number, set: RuleSet, run: RuleRun): Answered | Promise<Answered> {
  const { rules } = set;
  run.beginWork();
  for (let i = first; i < rules.length; i++) {
    const rule = rules[i]!;
    run.checkWork();
    if (run.ctx.trace !== null) beginStep(rule, set.scope, run);
    const applies = rule.applies(run);
    if (run.pending !== null) return run.pending.then(() => askAgain(i, set, run));
    if (run.step !== null) noteDecision(rule, applies, run.step, run);
    if (!applies) continue;
    const before = run.step === null ? '' : urlNow(run);
    const answer = rule.perform(run);
    if (run.step !== null) noteResult(answer, run.step, run, before);
    if (answer !== undefined) return answer;
    if (!rule.stopProcessing) continue;
    if (run.step !== null) noteStop(run.step);
    break;
  }
  run.finish();
  return undefined;
}

function askAgain(index: number, set: RuleSet, run: RuleRun): Answered | Promise<Answered> {
  if (run.step !== null) run.ctx.trace!.pop();
  return runFrom(index, set, run);
}
