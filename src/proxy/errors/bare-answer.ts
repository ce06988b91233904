// The answer to an error for those who are not told what failed: status and request, and no reason.
import type { LocalAnswer } from '../../model/answer.ts';
import type { ProxyError } from '../../model/proxy-error.ts';
import { statusPhrase } from '../../wire/status-phrases.ts';

/** Fields that the status needs (Allow, Content-Range) stay. */
export function bareAnswer({ kind: { status, subStatus, proxyStatus }, fields }: ProxyError): LocalAnswer {
  const reason = statusPhrase(status);
  return {
    kind: 'answer',
    status,
    subStatus,
    reason,
    fields: [...fields, ['Proxy-Status', `narrows; error=${proxyStatus}`], ['Cache-Control', 'no-store']],
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${status} ${reason}</title>\n<h1>${status} ${reason}</h1>\n</html>\n`,
  };
}
