// The last stage of a response head: what ARR itself changes in it (arr.md 4.2, 4.3).

import type { Config } from '../../model/config.ts';
import type { Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import { ReverseRewrite } from './reverse-rewrite.ts';

/** The stage for the farms of one snapshot; null when no farm asks for anything. */
export function responseStage(config: Config, farms: Iterable<Farm>): Stage | null {
  const anyHost = config.compatibility.includes('reverseRewrite');
  const rewrites = new Map<Farm, ReverseRewrite>();
  const branded = new Set<Farm>();
  for (const farm of farms) {
    const { protocol } = farm.config;
    if (protocol.reverseRewriteHostInResponseHeaders) rewrites.set(farm, new ReverseRewrite(farm, anyHost));
    if (protocol.arrResponseHeader && !protocol.stealthMode) branded.add(farm);
  }
  if (rewrites.size === 0 && branded.size === 0) return null;
  return {
    name: 'response',
    onResponseHead(ctx, draft) {
      rewrites.get(ctx.farm!)?.apply(ctx, draft);
      if (branded.has(ctx.farm!)) draft.addedLines += 'X-Powered-By: ARR/3.0\r\n';
    },
  };
}
