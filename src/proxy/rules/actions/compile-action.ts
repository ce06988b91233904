// The action of a rule as written → compiled. The names of the actions are known here alone.
import type { ActionConfig } from '../../../model/config.ts';
import { compileExpression, type ExpressionScope } from '../expressions/compile-expression.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { abortRequest } from './abort-request.ts';
import type { Action } from './action.ts';
import { CustomResponse } from './custom-response.ts';
import { canBeDestination, type Origin, readOrigin } from './origin.ts';
import { Redirect } from './redirect.ts';
import { RewriteToExpanded, RewriteToKnown } from './rewrite.ts';
import { CapturedPath, ExpandedUrl, type UrlSource } from './url-source.ts';

export interface ActionScope extends ExpressionScope {
  /** Names of farms, lower-case. */
  readonly farms: ReadonlySet<string>;
  /** useOriginalURLEncoding: false. */
  readonly keepEscapes: boolean;
  /** What relative URLs start from, with a slash at both ends. */
  readonly base: string;
}

/** Null for None, and where the action cannot be compiled. */
export function compileAction(action: ActionConfig, scope: ActionScope, problems: RuleProblems): Action | null {
  switch (action.type) {
    case 'Rewrite':
      return hasUrl(action, problems) ? compileRewrite(action, scope, problems) : null;
    case 'Redirect':
      return hasUrl(action, problems) ? compileRedirect(action, scope, problems) : null;
    case 'CustomResponse':
      return compileCustomResponse(action, scope, problems);
    case 'AbortRequest':
      return abortRequest;
    case 'None':
      if (action.url !== '') problems.warn('the url of an action None is not used', 'write type: Rewrite or Redirect');
      return null;
  }
}

function hasUrl(action: ActionConfig, problems: RuleProblems): boolean {
  if (action.url.trim() !== '') return true;
  problems.error(
    `action ${action.type} needs a url`,
    action.type === 'Rewrite' ? 'such as "http://FARM/{R:0}"' : undefined,
  );
  return false;
}

function compileRewrite(action: ActionConfig, scope: ActionScope, problems: RuleProblems): Action {
  const url = action.url.trim();
  const at = problems.at('url');
  const append = action.appendQueryString && !holdsOwnQuery(url);
  const known = knownOrigin(url);
  if (known === null) return new RewriteToExpanded(compileExpression(url, scope, at), scope, append);
  const { origin, rest } = known;
  if (origin !== null) checkOrigin(origin, scope.farms, at);
  const isFarm = origin !== null && scope.farms.has(origin.authority);
  return new RewriteToKnown(origin, isFarm, compileUrl(rest, append, origin === null ? scope.base : '/', scope, at));
}

/** @param base what `url` is relative to where it has no leading slash */
function compileUrl(url: string, append: boolean, base: string, scope: ActionScope, problems: RuleProblems): UrlSource {
  const part = compileExpression(url, scope, problems);
  const group = /^\/\{\s*R\s*:\s*(\d+)\s*\}$/i.exec(url)?.[1];
  if (group !== undefined && scope.base === '/') return new CapturedPath(Number(group), append, scope.keepEscapes);
  return new ExpandedUrl(part, append, scope.keepEscapes, base);
}

/** {UNENCODED_URL} brings the query along: it is not appended a second time (docs/decisions/0002). */
function holdsOwnQuery(url: string): boolean {
  return /\{\s*UNENCODED_URL\s*\}/i.test(url);
}

/** Where `url` leads as far as its text alone says: null where its expressions decide. */
function knownOrigin(url: string): { origin: Origin | null; rest: string } | null {
  const literal = url.split('{', 1)[0];
  const absolute = readOrigin(literal);
  if (absolute !== null) {
    // What follows the host directly, as in http://host{R:1}, may be more of the host.
    const hostIsWhole = absolute.end < literal.length || literal.length === url.length;
    return hostIsWhole ? { origin: absolute.origin, rest: url.slice(absolute.end) } : null;
  }
  const start = literal.toLowerCase();
  const couldBecomeAbsolute =
    literal.length < url.length && ('http://'.startsWith(start) || 'https://'.startsWith(start));
  return couldBecomeAbsolute ? null : { origin: null, rest: url };
}

function checkOrigin(origin: Origin, farms: ReadonlySet<string>, problems: RuleProblems): void {
  if (!canBeDestination(origin.authority, farms)) {
    problems.error('the url names no host', 'such as "http://FARM/{R:0}"; other letters than those of ASCII as xn--…');
  }
}

function compileRedirect(action: ActionConfig, scope: ActionScope, problems: RuleProblems): Action {
  const url = action.url.trim();
  const append = action.appendQueryString && !holdsOwnQuery(url);
  return new Redirect(compileExpression(url, scope, problems.at('url')), action.redirectType, append, scope.base);
}

function compileCustomResponse(action: ActionConfig, scope: ActionScope, problems: RuleProblems): Action {
  const { statusCode, subStatusCode } = action;
  const at = problems.at('statusCode');
  if (statusCode >= 300 && statusCode <= 307)
    at.error(`${statusCode} is no custom response`, 'use action type Redirect');
  else if (statusCode < 200 || statusCode > 999)
    at.error(`statusCode ${statusCode} cannot end a request`, 'such as 403');
  if (subStatusCode > 999) problems.at('subStatusCode').error(`${subStatusCode} is no sub-status`, 'expected 0 to 999');
  return new CustomResponse(
    statusCode,
    subStatusCode,
    compileExpression(action.statusReason, scope, problems.at('statusReason')),
    compileExpression(action.statusDescription, scope, problems.at('statusDescription')),
  );
}
