// The rules that were tried, as a table for people: those that did not apply in a line, what the others did in full.
import type { Explanation } from '../index.ts';
import { lineOf, type Piece } from './terminal-text.ts';

export type RuleStep = Extract<Explanation['steps'][number], { stage: 'rule' }>;
type Condition = RuleStep['conditions'][number];

const LONGEST_NAME = 32;

/** @param rules of one list, in their order */
export function formatRules(rules: readonly RuleStep[]): string {
  return rules[0]!.outbound === true ? formatOutbound(rules) : formatInbound(rules);
}

/** What each rule made of each header, attribute or piece of the body. */
function formatOutbound(rules: readonly RuleStep[]): string {
  const width = nameWidth(rules);
  const rows = rules.map(({ name, matched, input, reason }) =>
    lineOf(
      '  ',
      matched ? ['green', 'YES'] : ['dim', 'no '],
      `  ${name.padEnd(width)}  ${quoted(input)}${matched ? ' ' : ': '}${reason}`,
    ),
  );
  return lineOf(['bold', 'outbound rules']) + rows.join('');
}

function nameWidth(rules: readonly RuleStep[]): number {
  return Math.min(LONGEST_NAME, Math.max(9, ...rules.map(({ name }) => name.length)));
}

function formatInbound(rules: readonly RuleStep[]): string {
  const width = nameWidth(rules);
  let seen: string | null = null;
  let text = '';
  for (const rule of rules) {
    const sees = seesWords(rule);
    if (sees !== seen) text += lineOf(['bold', title(rule, seen !== null)], ` ${sees}`);
    seen = sees;
    text += ruleLines(rule, width);
  }
  return text;
}

function title({ scope }: RuleStep, isGoingOn: boolean): string {
  const rules = scope === 'global' ? 'global rules' : `rules of ${scope}`;
  return isGoingOn ? `${rules} now see` : `${rules} see`;
}

function seesWords({ input, below }: RuleStep): string {
  return `${quoted(input)}${below === undefined ? '' : `, below ${below}`}`;
}

function ruleLines(rule: RuleStep, width: number): string {
  const name = rule.name.padEnd(width);
  if (!rule.matched) return lineOf('  ', ['dim', 'no'], `   ${name}  ${whyNot(rule)}`);
  const row = (what: string, ...pieces: Piece[]): string => lineOf(`       ${what.padEnd(width)}  `, ...pieces);
  return [
    lineOf('  ', ['green', 'YES'], '  ', ['bold', name], `  ${patternWords(rule)}`),
    ...(rule.captures.length === 0 ? [] : [row('captured', captureWords('R', rule.captures))]),
    ...rule.conditions.flatMap((condition) => conditionRows(condition, rule).map(([what, words]) => row(what, words))),
    ...(rule.sets ?? []).map(({ name: variable, value }) =>
      value === null ? row('removes', variable) : row('sets', `${variable} = ${quoted(value)}`),
    ),
    ...(rule.url === undefined ? [] : [row('URL was', rule.url.before)]),
    row('', ['green', rule.reason]),
  ].join('');
}

function whyNot(rule: RuleStep): string {
  const failed = rule.conditions.at(-1);
  if (failed !== undefined) return `${patternWords(rule)} matches, but ${conditionWords(failed)}`;
  // Where the URL is not below the folder of the rule, its pattern was not looked at.
  return rule.reason.startsWith('the pattern') ? patternWords(rule) : rule.reason;
}

function patternWords({ pattern, negate }: RuleStep): string {
  if (pattern === undefined) return 'every URL';
  return negate ? `not ${pattern}` : pattern;
}

function conditionRows(condition: Condition, { logicalGrouping }: RuleStep): [what: string, words: string][] {
  const what = logicalGrouping === 'MatchAny' ? 'any of' : 'condition';
  const rows: [string, string][] = [[what, conditionWords(condition)]];
  if (condition.captures !== undefined) rows.push(['captured', captureWords('C', condition.captures)]);
  return rows;
}

export function conditionWords({ input, value, pattern, matched, negate, matchType }: Condition): string {
  const shown = input === value ? quoted(value) : `${input} is ${quoted(value)}`;
  const does = matched !== (negate === true);
  if (matchType !== undefined)
    return `${shown}${does ? ', ' : ', no '}${matchType === 'IsFile' ? 'file' : 'folder'} there`;
  const words = `${shown} and ${does ? 'matches' : 'does not match'} ${pattern}`;
  return negate === true ? `${words} (negated)` : words;
}

function captureWords(letter: string, captures: readonly string[]): string {
  return captures.map((text, group) => `{${letter}:${group}} ${quoted(text)}`).join('  ');
}

function quoted(text: string): string {
  return `"${text}"`;
}
