// What can be said of a rule for certain, whatever the request: whether it takes every URL, whether it ends the list.
import { type Context, constants, createContext, Script } from 'node:vm';
import type { RuleConfig } from '../../../model/config.ts';

/** Regular expressions that everything matches. `.+` is none of them: the path of the root is empty. */
const CATCH_ALL = /^\^?\(?(?:\.|\[\\s\\S\]|\[\\S\\s\]|\[\^\])\*\??\)?\$?$|^\^?$/;

/** Whether the pattern of `rule` holds for every URL. */
export function takesEveryUrl({ match, patternSyntax }: RuleConfig): boolean {
  if (match === null) return true;
  if (match.negate) return false;
  return patternSyntax === 'ECMAScript' ? CATCH_ALL.test(match.url) : isStars(match.url, patternSyntax);
}

function isStars(text: string, syntax: RuleConfig['patternSyntax']): boolean {
  return syntax === 'Wildcard' && /^\*+$/.test(text);
}

/** Whether `rule` applies to everything that comes to it. */
export function alwaysApplies(rule: RuleConfig): boolean {
  return takesEveryUrl(rule) && rule.conditions.add.length === 0;
}

/** Whether no further rule runs after this one applied. */
export function endsTheList({ stopProcessing, action }: RuleConfig): boolean {
  return (
    stopProcessing || action.type === 'Redirect' || action.type === 'CustomResponse' || action.type === 'AbortRequest'
  );
}

/** Whether the pattern of `rule` holds for `path`, without leading slash; null where that cannot be told. */
export function takes(rule: RuleConfig, path: string): boolean | null {
  if (takesEveryUrl(rule)) return true;
  const { match, patternSyntax } = rule;
  const source = expressionOf(match!.url, patternSyntax);
  try {
    const expression = new RegExp(source, match!.ignoreCase ? 'i' : '');
    return holds(expression, path) !== match!.negate;
  } catch {
    return null;
  }
}

function expressionOf(text: string, syntax: RuleConfig['patternSyntax']): string {
  if (syntax === 'ECMAScript') return text;
  const literal = text.replace(/[$()*+./?[\\\]^{|}-]/g, '\\$&');
  const wild = syntax === 'Wildcard' ? literal.replaceAll('\\*', '[^]*').replaceAll('\\?', '[^]') : literal;
  return `^${wild}$`;
}

const SEARCH = new Script('expression.test(path)');
let room: Context | undefined;

/** What a check runs is bounded too. @throws Error when it takes too long */
function holds(expression: RegExp, path: string): boolean {
  room ??= createContext(constants.DONT_CONTEXTIFY);
  Object.assign(room, { expression, path });
  return SEARCH.runInContext(room, { timeout: 250 });
}
