// The stage that runs the outbound rules on the way back (url-rewrite.md 16): preconditions once for a response, the rules
// for headers at once, and those for the body as it comes. A response that no rule is for costs a look at the set.
import type { Stage } from '../../../model/extensions.ts';
import type { RequestContext } from '../../../model/request-context.ts';
import type { ResponseDraft } from '../../../model/response-draft.ts';
import { decodePath } from '../../../wire/target.ts';
import type { OutboundSets } from './compile-outbound-sets.ts';
import { FieldValues } from './header-rule.ts';
import type { OutboundSet } from './outbound-set.ts';
import { asFailure, ResponseRun, seenTarget } from './response-run.ts';
import { rewriteBody } from './rewrite-body.ts';

/** Edits heads, and lets rules change bodies. Throws ProxyError: outboundRuleFailed (500.52), cachedRuleFailed (500.53). */
export function outboundStage(sets: OutboundSets): Stage {
  return {
    name: 'outbound rules',
    answersToo: true,
    onResponseHead(ctx, draft) {
      const set = setFor(ctx, sets);
      if (set === null) return;
      const run = new ResponseRun(ctx, draft, set);
      run.beginWork();
      try {
        runOutbound(set, run, draft);
      } catch (error) {
        throw asFailure(error, run);
      }
    },
  };
}

/** The rules in force where the request's URL is. */
function setFor(ctx: RequestContext, { top, byLevel }: OutboundSets): OutboundSet | null {
  if (ctx.site === null) return top;
  return byLevel.size === 0 ? null : (byLevel.get(ctx.site.levelAt(decodePath(seenTarget(ctx))).id) ?? null);
}

function runOutbound(set: OutboundSet, run: ResponseRun, draft: ResponseDraft): void {
  if (set.readsServer) showServerField(run.ctx, draft);
  const met = set.preConditions.map((preCondition) => isMet(preCondition, run));
  const fields = new FieldValues(draft);
  const isFor = (preCondition: number): boolean => preCondition < 0 || met[preCondition] === true;
  for (const header of set.headerRules) if (isFor(header.rule.preCondition)) header.apply(run, fields);
  if (set.bodySteps.length > 0) rewriteBody(set, isFor, run, draft);
}

/** The client's Server field is made after all stages, by passServerHeader of the farm: rules see what it will be. */
function showServerField(ctx: RequestContext, draft: ResponseDraft): void {
  const policy = ctx.farm?.config.passServerHeader;
  if (policy === undefined || policy === 'PassThrough') return;
  draft.setValues('Server', policy === 'Replace' ? ['Narrows'] : []);
}

function isMet({ name, conditions }: OutboundSet['preConditions'][number], run: ResponseRun): boolean {
  run.ruleName = name;
  const { trace } = run.ctx;
  if (trace === null || conditions === null) return conditions === null || conditions.hold(run);
  const step = run.gatherConditions();
  const matched = conditions.hold(run);
  const reason = matched ? 'rules that name it are for this response' : 'rules that name it are not for this response';
  trace.push({ stage: 'preCondition', name, matched, conditions: step.conditions, reason });
  return matched;
}
