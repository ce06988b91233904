// What is settled before any stage: a target that means one thing, a body within bounds.
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { prepareTarget } from '../../wire/target.ts';
import { tooLarge } from '../listener/inbound-body.ts';

/**
 * Begins ctx.outbound with the target that rules see, and refuses a request that no stage may see.
 * @throws ProxyError badRequest, doubleEscaped, payloadTooLarge
 */
export function admitRequest(ctx: RequestContext): void {
  const { inbound, snapshot } = ctx;
  const { requestBody } = snapshot.config.limits;
  if (requestBody > 0 && inbound.contentLength > requestBody) throw tooLarge(requestBody);
  const target = prepareTarget(inbound.path, snapshot.allowsDoubleEscaping);
  if (typeof target !== 'string') throw new ProxyError(target.code, target.reason);
  ctx.outbound.target = target;
}
