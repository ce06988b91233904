// The last stage of a response head: what ARR itself changes in it (arr.md 4.2, 4.3).

import type { Config } from '../../model/config.ts';
import type { Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import { ReverseRewrite } from './reverse-rewrite.ts';

/** The stage for one snapshot's farms, and for origins where it allows them; null when nobody asks for anything. */
export function responseStage(config: Config, farms: Iterable<Farm>): Stage | null {
  const anyHost = config.compatibility.includes('reverseRewrite');
  const rewrites = new WeakMap<Farm, ReverseRewrite>();
  const all = [...farms].map(({ config: { protocol } }) => protocol).concat(config.proxy.enabled ? config.proxy : []);
  const rewriting = all.some((protocol) => protocol.reverseRewriteHostInResponseHeaders);
  if (!rewriting && !all.some(isBranded)) return null;
  /** Origins are not known before requests come, so the rewrite of each is made when it is first needed. */
  const rewriteOf = (farm: Farm): ReverseRewrite => {
    let rewrite = rewrites.get(farm);
    if (rewrite === undefined) {
      rewrite = new ReverseRewrite(farm, anyHost);
      rewrites.set(farm, rewrite);
    }
    return rewrite;
  };
  return {
    name: 'response',
    onResponseHead(ctx, draft) {
      const farm = ctx.farm!;
      const { protocol } = farm.config;
      if (protocol.reverseRewriteHostInResponseHeaders) rewriteOf(farm).apply(ctx, draft);
      if (isBranded(protocol)) draft.addedLines += 'X-Powered-By: ARR/3.0\r\n';
    },
  };
}

function isBranded({ arrResponseHeader, stealthMode }: ProtocolConfig): boolean {
  return arrResponseHeader && !stealthMode;
}
