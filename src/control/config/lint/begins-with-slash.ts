// Whether what a group of a regular expression captures begins with a slash for certain, or is empty. Simple patterns are
// understood; of all others nothing is certain.

/** What text begins with: a slash or the end of what is searched, a slash or nothing, or anything. */
type Beginning = 'slash' | 'slashOrNothing' | 'anything';

const OPTIONAL = /^(?:[?*]|\{0)/;
const QUANTIFIER = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/;

/** No simple pattern is longer. */
const LONGEST = 1000;

/** @param group 0 for all that matches */
export function groupBeginsWithSlash(expression: string, group: number): boolean {
  if (expression.length > LONGEST) return false;
  const source = group === 0 ? expression : groupOf(expression, group);
  return source !== null && beginningOf(source) !== 'anything';
}

function beginningOf(source: string): Beginning {
  const found = alternativesOf(source).map(sequenceBeginning);
  if (found.includes('anything')) return 'anything';
  return found.includes('slashOrNothing') ? 'slashOrNothing' : 'slash';
}

function sequenceBeginning(sequence: string): Beginning {
  if (sequence === '') return 'slashOrNothing';
  if (sequence.startsWith('^')) return sequenceBeginning(sequence.slice(1));
  if (sequence === '$') return 'slash';
  const slash = /^\\?\//.exec(sequence)?.[0];
  const inner = slash === undefined && sequence.startsWith('(') ? groupAt(sequence, 0) : null;
  if (slash === undefined && inner === null) return 'anything';
  const rest = sequence.slice(slash?.length ?? inner!.length + 2);
  const first = inner === null ? 'slash' : beginningOf(withoutName(inner));
  if (first === 'anything' || (first === 'slash' && !OPTIONAL.test(rest))) return first;
  return sequenceBeginning(rest.replace(QUANTIFIER, ''));
}

/** The text of a group without what says its kind. What looks ahead or behind stays as it is, and begins with anything. */
function withoutName(inner: string): string {
  return inner.replace(/^\?(?::|<(?![=!])[^>]*>)/, '');
}

/** The text of the capturing group with this number, or null. */
function groupOf(expression: string, group: number): string | null {
  let counted = 0;
  for (const { at, sign } of signsOf(expression)) {
    if (sign !== '(' || !/^\((?!\?(?!<[^=!]))/.test(expression.slice(at, at + 4))) continue;
    if (++counted === group) {
      const inner = groupAt(expression, at);
      return inner === null ? null : withoutName(inner);
    }
  }
  return null;
}

/** What stands between the parenthesis at `start` and its end, or null where it has none. */
function groupAt(expression: string, start: number): string | null {
  let depth = 0;
  for (const { at, sign } of signsOf(expression.slice(start))) {
    if (sign === '(') depth++;
    if (sign === ')' && --depth === 0) return expression.slice(start + 1, start + at);
  }
  return null;
}

function alternativesOf(source: string): string[] {
  const alternatives: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { at, sign } of signsOf(source)) {
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign !== '|' || depth > 0) continue;
    alternatives.push(source.slice(start, at));
    start = at + 1;
  }
  return [...alternatives, source.slice(start)];
}

/** Parentheses and bars that are neither escaped nor in a class. */
function* signsOf(expression: string): Generator<{ at: number; sign: string }> {
  for (const { 0: sign, index } of expression.matchAll(/\\.|\[(?:[^\]\\]|\\.)*\]|[()|]/gs)) {
    if (sign.length === 1) yield { at: index, sign };
  }
}
