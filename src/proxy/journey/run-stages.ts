// Runs the stages of a request in their order; the router and explain run the same ones.
import type { Answer } from '../../model/answer.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { prepareTarget } from '../../wire/target.ts';

/**
 * What holds for every request before any stage sees it: a target that means one thing, a body within bounds.
 * @throws ProxyError badRequest, doubleEscaped, payloadTooLarge
 */
export function admitRequest(ctx: RequestContext): void {
  const { inbound, snapshot } = ctx;
  const { requestBody } = snapshot.config.limits;
  if (requestBody > 0 && inbound.contentLength > requestBody) {
    throw new ProxyError(
      'payloadTooLarge',
      `the request body is larger than limits.requestBody (${requestBody} bytes)`,
    );
  }
  const target = prepareTarget(inbound.path, snapshot.config.requestFiltering.allowDoubleEscaping);
  if (typeof target !== 'string') throw new ProxyError(target.code, target.reason);
  ctx.outbound.target = target;
}

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
