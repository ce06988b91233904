// The pages of a farm for what the router answers in its place: errorPages, and maintenancePage while it is offline.
import { basename, dirname } from 'node:path';
import { extensionOf } from '../../base/extension-of.ts';
import { findFile } from '../../base/find-file.ts';
import { type Answer, redirectAnswer } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import type { Farm } from '../../model/farm.ts';
import type { FarmConfig, FarmErrorPage } from '../../model/farm-config.ts';
import type { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { defaultMediaTypes } from '../../wire/media-type-table.ts';
import { statusPhrase } from '../../wire/status-phrases.ts';
import { encodeUrl } from '../../wire/target.ts';

/** Null where no farm has a page. A program that asks for JSON gets ours. */
export function farmPagesStage(farms: readonly Farm[]): Stage | null {
  if (!farms.some(({ config }) => config.maintenancePage !== null || config.errorPages.length > 0)) return null;
  return {
    name: 'farmPages',
    onError(ctx, error) {
      const page = ctx.farm === null ? null : pageOf(ctx.farm.config, error);
      if (page === null || ctx.inbound.field('accept')?.includes('application/json')) return undefined;
      return page.kind === 'redirect' ? redirectTo(page.url) : fileAnswer(ctx, page.path, error);
    },
  };
}

/** One for the sub-status counts before one for all of the status. */
function pageOf({ maintenancePage, errorPages }: FarmConfig, { code, kind }: ProxyError): FarmErrorPage['page'] | null {
  if (code === 'farmOffline' && maintenancePage !== null) return { kind: 'file', path: maintenancePage };
  const ofStatus = errorPages.filter(({ status }) => status === kind.status);
  const exact = ofStatus.find(({ subStatus }) => subStatus === kind.subStatus);
  return (exact ?? ofStatus.find(({ subStatus }) => subStatus === null))?.page ?? null;
}

function redirectTo(url: string): Answer {
  return redirectAnswer(302, encodeUrl(url), 'There is a page for this.');
}

/** Undefined where the file is not there any more: then we answer ourselves. */
async function fileAnswer(ctx: RequestContext, path: string, error: ProxyError): Promise<Answer | undefined> {
  const { status, subStatus, proxyStatus } = error.kind;
  const found = await findFile(dirname(path), basename(path), false);
  if (found?.kind !== 'file') return undefined;
  return {
    kind: 'file',
    ...{ status, subStatus, path: found.path, source: found },
    reason: statusPhrase(status),
    url: ctx.outbound.target,
    memory: null,
    contentType: defaultMediaTypes.get(extensionOf(found.path)) ?? 'text/html',
    fields: [...error.fields, ['Proxy-Status', `narrows; error=${proxyStatus}`], ['Cache-Control', 'no-store']],
    tagSuffix: null,
  };
}
