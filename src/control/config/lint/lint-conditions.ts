// Conditions that can never hold, or always do (url-rewrite.md 6 and 8; arr.md 15 rows 9 and 10).
import type { ConditionConfig, RuleConfig } from '../../../model/config.ts';
import { lintPattern } from './lint-pattern.ts';
import type { Warn } from './rule-lint.ts';

type Conditioned = Pick<RuleConfig, 'conditions' | 'patternSyntax'>;

export function lintConditions(rule: Conditioned, warn: Warn): void {
  const { add, logicalGrouping } = rule.conditions;
  for (const [index, condition] of add.entries()) {
    const at = ['conditions', 'add', index];
    if (condition.matchType === 'Pattern') {
      lintPattern(condition.pattern, rule.patternSyntax, [...at, 'pattern'], warn);
      if (rule.patternSyntax === 'ECMAScript') lintInput(condition, at, warn);
    }
    lintText(condition.input, [...at, 'input'], warn);
    for (const earlier of add.slice(0, index)) {
      if (lintPair(earlier, condition, rule, logicalGrouping === 'MatchAny', at, warn)) break;
    }
  }
}

/** `EXT_{URL}`, from a walkthrough: letters that somebody took for a part of the name. */
function lintText(input: string, at: (string | number)[], warn: Warn): void {
  const found = /^([A-Z][A-Z0-9]*_)\{([A-Z_]+)\}$/.exec(input.trim());
  if (found === null) return;
  const what = `"${found[1]}" stands before the value as text: the pattern sees ${found[1]}…`;
  warn(at, what, `write {${found[2]}}`);
}

interface Shape {
  inputs: RegExp;
  never: RegExp;
  message: string;
  suggestion: string;
}

/** What values of variables look like, and patterns that none of them can match. */
const SHAPES: readonly Shape[] = [
  {
    inputs: /^\{(?:URL|REQUEST_URI|PATH_INFO|SCRIPT_NAME|URL_PATH_INFO|UNENCODED_URL|HTTP_URL)\}$/i,
    never: /^\^[\w-](?![?*{])/,
    message: 'the value begins with a slash, and the pattern with another character',
    suggestion: 'write ^/…',
  },
  {
    inputs: /^\{QUERY_STRING\}$/i,
    never: /^\^?\\\?/,
    message: 'the value is the query string without its ?',
    suggestion: 'leave the \\? out',
  },
  {
    inputs: /^\{(?:HTTP_HOST|SERVER_NAME)\}$/i,
    never: /^\^?\(?https?\??:|\w\\?\/|^\^\\?\//i,
    message: 'the value is a host alone, without scheme and path',
    suggestion: 'such as ^www\\.example\\.com$',
  },
];

function lintInput({ input, pattern, ignoreCase, negate }: ConditionConfig, at: (string | number)[], warn: Warn): void {
  const outcome = negate ? 'the condition always holds' : 'the condition never holds';
  const text = input.trim();
  for (const { inputs, never, message, suggestion } of SHAPES) {
    if (inputs.test(text) && never.test(pattern) && !pattern.includes('|'))
      warn([...at, 'pattern'], `${outcome}: ${message}`, suggestion);
  }
  if (/^\{HTTPS\}$/i.test(text) && !ignoreCase && /^\^?\(?O(?:N|FF)\)?\$?$/.test(pattern)) {
    warn([...at, 'pattern'], `${outcome}: {HTTPS} is on or off, in lower case`, 'set ignoreCase: true');
  }
}

/** Two conditions on the same input. @returns whether something was found */
function lintPair(
  one: ConditionConfig,
  other: ConditionConfig,
  { patternSyntax }: Conditioned,
  any: boolean,
  at: (string | number)[],
  warn: Warn,
): boolean {
  // What {C:n} gives may differ from one condition to the next.
  if (one.input !== other.input || /\{\s*C\s*:/i.test(one.input) || one.matchType !== other.matchType) return false;
  const isSame = one.pattern === other.pattern && one.ignoreCase === other.ignoreCase;
  if (isSame && one.negate === other.negate) {
    warn(at, 'the same condition stands above already');
    return true;
  }
  const never = 'the conditions can never all hold';
  const always = 'one of the conditions always holds';
  if (isSame) {
    warn(
      at,
      any ? `${always}: this one is the contrary of one above` : `${never}: this one is the contrary of one above`,
    );
    return true;
  }
  if (one.matchType !== 'Pattern' || one.negate !== other.negate) return false;
  const [first, second] = [onlyText(one, patternSyntax), onlyText(other, patternSyntax)];
  if (first === null || second === null || first === second || any !== one.negate) return false;
  if (any) warn(at, `${always}: ${one.input} is never both ${first} and ${second}`, 'set logicalGrouping: MatchAll');
  else warn(at, `${never}: ${one.input} is never both ${first} and ${second}`, 'set logicalGrouping: MatchAny');
  return true;
}

/** The one text that a condition's pattern matches, in lower case where case does not count; null for most patterns. */
function onlyText({ pattern, ignoreCase }: ConditionConfig, syntax: RuleConfig['patternSyntax']): string | null {
  let text: string | null = pattern;
  if (syntax === 'ECMAScript') {
    const inner = /^\^((?:[\w@:/ -]|\\[./-])*)\$$/.exec(pattern)?.[1];
    text = inner?.replaceAll('\\', '') ?? null;
  } else if (syntax === 'Wildcard' && /[*?]/.test(pattern)) text = null;
  return text !== null && ignoreCase ? text.toLowerCase() : text;
}
