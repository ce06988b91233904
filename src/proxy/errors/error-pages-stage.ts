// httpErrors: the pages of a site in place of ours, and where it says so in place of a server's. Whoever may see what
// failed, because the request comes from this machine, is still told by us.
import { isLoopbackAddress } from '../../base/address-range.ts';
import type { Answer } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import type { ErrorPageConfig, HttpErrorsConfig } from '../../model/level-settings.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Site } from '../../model/site.ts';
import { bareAnswer } from './bare-answer.ts';
import { pageAnswer } from './page-answer.ts';

/** Null where no level says anything of errors. */
export function errorPagesStage(sites: readonly Site[]): Stage | null {
  const all = sites.flatMap(({ levels }) => levels.map(({ config }) => config.settings.httpErrors));
  if (
    !all.some(({ errorMode, errors, defaultPage }) => errorMode !== null || errors.length > 0 || defaultPage !== null)
  )
    return null;
  return {
    name: 'httpErrors',
    onError: answerFor,
    onResponseHead(ctx, { head: { status } }) {
      if (status >= 400 && replaces(ctx, status)) throw replaced(status);
    },
  };
}

async function answerFor(ctx: RequestContext, error: ProxyError): Promise<Answer | undefined> {
  const { level, site } = ctx;
  if (level === null || site === null) return undefined;
  const { httpErrors } = level.config.settings;
  if (httpErrors.existingResponse === 'PassThrough' || seesDetails(ctx, httpErrors)) return undefined;
  const { status, subStatus } = error.kind;
  const page = pageOf(httpErrors, status, subStatus);
  const answer = page === null ? null : await pageAnswer(ctx, site, page, error);
  return answer ?? (httpErrors.errorMode === null ? undefined : bareAnswer(error));
}

function replaces(ctx: RequestContext, status: number): boolean {
  const httpErrors = ctx.level?.config.settings.httpErrors;
  if (httpErrors?.existingResponse !== 'Replace' || seesDetails(ctx, httpErrors)) return false;
  return pageOf(httpErrors, status, 0) !== null;
}

function replaced(status: number): ProxyError {
  return new ProxyError(
    'responseReplaced',
    `the server answered ${status}, whose page the site replaces`,
    undefined,
    [],
    status,
  );
}

/** IIS calls a request local when it comes from this machine: from a loopback address, or from the one that it came to. */
function seesDetails({ clientAddress, connection }: RequestContext, { errorMode }: HttpErrorsConfig): boolean {
  if (errorMode === 'Detailed') return true;
  if (errorMode === 'Custom') return false;
  return clientAddress === '' || isLoopbackAddress(clientAddress) || clientAddress === connection.localAddress;
}

/** One for the sub-status counts before one for all of the status, and that before the default. */
function pageOf({ errors, defaultPage }: HttpErrorsConfig, status: number, subStatus: number): ErrorPageConfig | null {
  const ofStatus = errors.filter(({ statusCode }) => statusCode === status);
  return (
    ofStatus.find(({ subStatusCode }) => subStatusCode === subStatus) ??
    ofStatus.find(({ subStatusCode }) => subStatusCode === -1) ??
    defaultPage
  );
}
