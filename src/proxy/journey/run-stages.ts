// Runs the stages of a request in their order; the router and explain run the same ones.
import type { Answer } from '../../model/answer.ts';
import type { RequestContext } from '../../model/request-context.ts';

/**
 * Runs the stages from `from` on.
 * @returns nothing when all of them let the request go on, the answer of the one that did not, or a promise of either
 *   once a stage must wait
 */
export function runStages(ctx: RequestContext, from: number): Answer | undefined | Promise<Answer | undefined> {
  const { stages } = ctx.snapshot;
  for (let i = from; i < stages.length; i++) {
    const answer = stages[i]!.onRequest?.(ctx);
    if (answer === undefined) continue;
    if (!(answer instanceof Promise)) return answer;
    return answer.then((settled) => settled ?? runStages(ctx, i + 1));
  }
  return undefined;
}
