// The stage that finds the site of a request, before any rule runs: as in IIS, the binding decides, and nothing that a
// rule does later changes it.
import type { Config } from '../../model/config.ts';
import type { Stage } from '../../model/extensions.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { ChosenSite, Site } from '../../model/site.ts';
import { hostName } from '../../wire/http1/authority.ts';
import { decodePath } from '../../wire/target.ts';
import { bindingText, otherBindings } from './explain-bindings.ts';
import { SiteTable } from './site-table.ts';

/** Writes ctx.site, ctx.binding and ctx.level. Throws ProxyError unknownHost where no binding takes the request and `unmatchedHost` is `refuse`. */
export function siteStage({ listeners, unmatchedHost }: Config, sites: readonly Site[]): Stage {
  const table = new SiteTable(sites, listeners);
  return {
    name: 'site',
    onRequest(ctx) {
      const host = hostName(ctx.inbound.host).toLowerCase();
      const chosen = table.choose(host, ctx.connection);
      if (ctx.trace !== null) note(ctx, sites, host, chosen, table.takesAnyPort(ctx.connection));
      if (chosen !== null) {
        ctx.site = chosen.site;
        ctx.binding = chosen.binding;
        ctx.level = chosen.site.levelAt(decodePath(ctx.outbound.target));
      } else if (unmatchedHost === 'refuse') {
        throw new ProxyError('unknownHost', noBinding(ctx, host));
      }
      return undefined;
    },
  };
}

function note(
  ctx: RequestContext,
  sites: readonly Site[],
  host: string,
  chosen: ChosenSite | null,
  anyPort: boolean,
): void {
  const reason = chosen === null ? noBinding(ctx, host) : whyChosen(chosen);
  const others = otherBindings(sites, chosen, host, ctx.connection, anyPort);
  const site = chosen?.site.name ?? null;
  const readsHost = sites.some(({ config }) => config.bindings.some((binding) => binding.host !== ''));
  ctx.trace!.push({
    stage: 'site',
    site,
    reason,
    ...(readsHost ? { readsHost } : {}),
    ...(others.length === 0 ? {} : { others }),
  });
}

function noBinding({ connection }: RequestContext, host: string): string {
  return `no site has a binding for ${host === '' ? 'requests without a host name' : `host ${host}`} on port ${connection.localPort}`;
}

function whyChosen({ binding }: ChosenSite): string {
  if (binding === null) return 'it has no bindings, and no binding of another site takes the request';
  return `its binding ${bindingText(binding)}`;
}
