// A host that is written down, and directly behind it something that a client chooses: it can be more of the host.
import type { RuleConfig } from '../../../model/config.ts';
import { groupBeginsWithSlash } from './begins-with-slash.ts';
import type { Warn } from './rule-lint.ts';

const HOST = /^https?:\/\/[^/?#\\{}]+(?=\{)/i;
/** No host with a path is longer; a bound for what is nested in it. */
const LONGEST = 2000;
/** They begin with a slash. */
const PATHS: ReadonlySet<string> = new Set([
  'REQUEST_URI',
  'URL',
  'UNENCODED_URL',
  'PATH_INFO',
  'HTTP_X_ORIGINAL_URL',
  'HTTP_URL',
  'SCRIPT_NAME',
]);
/** They say something of us, not of the client. */
const OURS: ReadonlySet<string> = new Set(['LOCAL_ADDR', 'SERVER_ADDR', 'SERVER_PORT', 'HTTPS', 'INSTANCE_ID']);
/** Patterns whose groups 0 and 1 are all that they see. */
const WHOLE = /^\^?\(\.[*+]\)\$?$/;
/** What begins with a slash does so behind them too. */
const KEEP_SLASH = /^(?:ToLower|UrlDecode)$/i;

export function lintHost(rule: RuleConfig, warn: Warn): void {
  const { type } = rule.action;
  const url = rule.action.url.trim();
  const host = type === 'Rewrite' || type === 'Redirect' ? HOST.exec(url)?.[0] : undefined;
  if (host === undefined || url.length > LONGEST) return;
  const isPort = host.endsWith(':');
  if (isPort && type === 'Rewrite') return; // warnOfOpenProxy speaks of it
  const open = openExpression(url.slice(host.length), rule);
  if (open === null) return;
  const name = host.replace(/^https?:\/\//i, '');
  warn(
    ['action', 'url'],
    `${open} stands directly behind the host, and a client can make another host of it, as in ${name}${isPort ? '@evil.example' : '.evil.example'}`,
    isPort
      ? undefined
      : `write ${host}/${url.slice(host.length)}${/^\{\s*[RC]\s*:/i.test(open) ? ', or capture the slash too' : ''}`,
  );
}

/** The first expression at the beginning of `text` that may continue a host; null where a slash comes before. */
function openExpression(text: string, rule: RuleConfig): string | null {
  for (let rest = text; rest.startsWith('{'); ) {
    const expression = rest.slice(0, endOfExpression(rest));
    const says = whatItGives(expression, rule);
    if (says === 'path') return null;
    if (says === 'anything') return expression;
    rest = rest.slice(expression.length);
  }
  return null;
}

function endOfExpression(text: string): number {
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/[{}]/g)) {
    depth += sign === '{' ? 1 : -1;
    if (depth === 0) return index + 1;
  }
  return text.length;
}

/** A path; nothing that a client chooses, or else a path; or anything. */
function whatItGives(expression: string, rule: RuleConfig): 'path' | 'harmless' | 'anything' {
  const inner = expression.slice(1, -1).trim();
  const colon = inner.indexOf(':');
  if (colon === -1) {
    if (PATHS.has(inner.toUpperCase())) return 'path';
    return OURS.has(inner.toUpperCase()) ? 'harmless' : 'anything';
  }
  const name = inner.slice(0, colon).trim();
  const argument = inner.slice(colon + 1).trim();
  if (/^R$/i.test(name)) return ruleGroupIsPath(Number(argument), rule) ? 'harmless' : 'anything';
  if (/^C$/i.test(name)) return conditionGroupIsPath(Number(argument), rule) ? 'harmless' : 'anything';
  if (/^UrlEncode$/i.test(name)) return argument.includes('{') ? 'anything' : 'harmless';
  if (!KEEP_SLASH.test(name)) return 'harmless'; // what maps and providers give is written down
  return openExpression(argument, rule) === null ? 'harmless' : 'anything';
}

function ruleGroupIsPath(group: number, { match, patternSyntax }: RuleConfig): boolean {
  if (match === null || match.negate || patternSyntax !== 'ECMAScript') return false;
  return groupBeginsWithSlash(match.url, group);
}

/** Groups are those of the last condition, unless all are tracked or any will do: then of which, depends on the request. */
function conditionGroupIsPath(group: number, { conditions, patternSyntax }: RuleConfig): boolean {
  const { add, logicalGrouping, trackAllCaptures } = conditions;
  const given = logicalGrouping === 'MatchAll' && !trackAllCaptures ? add.slice(-1) : add;
  return given.every(({ input, pattern, matchType, negate }) => {
    if (isWrittenDown(input.trim())) return true;
    if (negate || matchType !== 'Pattern' || patternSyntax !== 'ECMAScript') return false;
    const takesAll = PATHS.has(input.trim().slice(1, -1).toUpperCase()) && WHOLE.test(pattern);
    return takesAll ? group <= 1 : groupBeginsWithSlash(pattern, group);
  });
}

/** Whether a map or a provider gives it. */
function isWrittenDown(input: string): boolean {
  return /^\{[^:{}]+:/.test(input) && !/^\{\s*(?:R|C|ToLower|UrlDecode|UrlEncode)\s*:/i.test(input);
}
