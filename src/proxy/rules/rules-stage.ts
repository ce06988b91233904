// The stage of the journey that runs the rules (url-rewrite.md 2): once through the list, in order.
import type { Answer } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Rule } from './rule.ts';
import { RuleRun } from './rule-run.ts';
import type { RuleSet } from './rule-set.ts';
import { beginStep, noteDecision, noteResult } from './trace-rule.ts';

/**
 * Runs `set` on each request: writes ctx.outbound and ctx.matchedRules, or answers. Throws ProxyError: ruleFailed
 * (500.51, naming the rule), uriTooLong (414).
 */
export function rulesStage(set: RuleSet): Stage {
  return {
    name: 'rules',
    onRequest: (ctx) => runRules(set, ctx),
  };
}

function runRules(set: RuleSet, ctx: RequestContext): Answer | undefined {
  const run = new RuleRun(ctx);
  for (const rule of set.rules) {
    if (ctx.trace !== null) beginStep(rule, set.scope, run);
    if (!decide(rule, run)) continue;
    const answer = rule.perform(run);
    if (run.step !== null) noteResult(answer, run.step, run, rule.stopProcessing);
    if (answer !== undefined) return answer;
    if (rule.stopProcessing) break;
  }
  run.finish();
  return undefined;
}

function decide(rule: Rule, run: RuleRun): boolean {
  const applies = rule.applies(run);
  if (run.step !== null) noteDecision(applies, run.step, run);
  return applies;
}
