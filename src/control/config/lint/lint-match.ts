// Patterns of rules that can never hold for what they see: the path, without leading slash, query and host (url-rewrite.md 4).
import type { RuleConfig } from '../../../model/config.ts';
import type { Warn } from './rule-lint.ts';

export function lintMatch({ match, patternSyntax, action }: RuleConfig, warn: Warn): void {
  if (match === null) return;
  const { url, ignoreCase, negate } = match;
  const isExpression = patternSyntax === 'ECMAScript';
  if (isExpression ? /^\^?\(?https?\??:\\?\/\\?\//i.test(url) : /^https?:\/\//i.test(url)) {
    warn(
      ['match', 'url'],
      'the pattern sees the path alone, without scheme and host',
      'test {HTTP_HOST} in a condition',
    );
  } else if (isExpression ? needsQuestionMark(url) : patternSyntax === 'ExactMatch' && url.includes('?')) {
    const what = 'the pattern has a question mark, and what it sees has no query string';
    warn(['match', 'url'], what, 'test {QUERY_STRING} in a condition');
  }
  if (isExpression && ignoreCase && !negate && /^\.?\*?\(?\[A-Z\]/.test(url) && /\{ToLower:/i.test(action.url)) {
    const what = 'letter case does not count, so [A-Z] is any letter: what was made lower case is rewritten again';
    warn(['match', 'url'], what, 'set match.ignoreCase: false');
  }
}

/** Whether every match has a `?` in it, outside of groups and classes: those may be there for other paths. */
function needsQuestionMark(expression: string): boolean {
  let text = expression.replace(/\\[^?]/g, '_').replace(/\[(?:[^\]\\]|\\.)*\]/g, '_');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\([^()]*\)/g, '_');
  }
  return !text.includes('|') && /\\\?(?![?*{])/.test(text);
}
