// The answer that tells a client what failed: a plain small page, or JSON for who asks for JSON, and always Proxy-Status
// (CONTRACT 3, RFC 9209).

import { statusPhrase } from '../wire/status-phrases.ts';
import type { LocalAnswer } from './answer.ts';
import type { ProxyError } from './proxy-error.ts';

/**
 * @param id X-ARR-LOG-ID of the request; '' when there is no request yet
 * @param accept value of the Accept field; JSON is sent where it names application/json
 */
export function errorAnswer(error: ProxyError, id: string, accept: string | undefined): LocalAnswer {
  const { status, subStatus, proxyStatus } = error.kind;
  const phrase = statusPhrase(status);
  const shown = subStatus === 0 ? `${status}` : `${status}.${subStatus}`;
  const fields: (readonly [string, string])[] = [
    ...error.fields,
    ['Proxy-Status', `narrows; error=${proxyStatus}; details="${quoted(`${shown} ${error.message}`)}"`],
    ['Cache-Control', 'no-store'],
  ];
  const json = accept?.includes('application/json') === true;
  return {
    kind: 'answer',
    status,
    subStatus,
    reason: phrase,
    fields,
    contentType: json ? 'application/json' : 'text/html; charset=utf-8',
    body: json
      ? `${JSON.stringify({ status, subStatus, code: error.code, reason: error.message, id })}\n`
      : page(`${shown} ${phrase}`, error.message, id),
  };
}

function page(title: string, reason: string, id: string): string {
  const request = id === '' ? '' : `<p><small>Request ${id}</small></p>\n`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em">
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(reason)}</p>
${request}</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text as an RFC 8941 string: printable ASCII, quotes and backslashes escaped. */
function quoted(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
}
