// One RewriteCond → a condition, or the answer that it always gives.
import { convertPattern, literalPattern, NotConvertible } from './convert-pattern.ts';
import { convertText, type TextScope } from './convert-text.ts';
import type { ParsedCondition } from './read-directives.ts';

export interface ConvertedCondition {
  /** True or false: it holds always, or never, whatever the request. */
  constant: boolean | null;
  /** As in the configuration; defaults are left out. */
  settings: Record<string, string | boolean>;
  /** Groups that it captures; -1 when it captures nothing. */
  groups: number;
  notes: string[];
}

const TESTS: Readonly<Record<string, string>> = { '-f': 'IsFile', '-d': 'IsDirectory' };

/** @throws NotConvertible */
export function convertCondition({ input, pattern, flags }: ParsedCondition, scope: TextScope): ConvertedCondition {
  if (/^expr$/i.test(input)) throw new NotConvertible('expressions of Apache do not exist here');
  const negate = pattern.startsWith('!');
  const test = negate ? pattern.slice(1) : pattern;
  const text = convertText(input, scope);
  const notes = [...text.notes];
  const written = (settings: Record<string, string | boolean>, groups: number): ConvertedCondition => {
    const all = { input: text.expression, ...settings, ...(negate ? { negate } : {}) };
    return { constant: null, settings: all, groups: negate ? -1 : groups, notes };
  };
  if (Object.hasOwn(TESTS, test)) return written({ input: ofFile(text.expression), matchType: TESTS[test]! }, -1);
  const plain = readTest(test);
  const {
    pattern: converted,
    ignoreCase,
    groups,
  } = convertPattern(
    plain,
    flags.some(({ name }) => name === 'NC'),
  );
  if (!text.expression.includes('{')) {
    const holds = new RegExp(converted, ignoreCase ? 'i' : '').test(text.expression) !== negate;
    return { constant: holds, settings: {}, groups: -1, notes };
  }
  return written({ pattern: converted, ...(ignoreCase ? {} : { ignoreCase }) }, groups);
}

/** A path that was asked for as the server sees it stands for the file there. */
function ofFile(expression: string): string {
  return expression === '{URL}' ? '{REQUEST_FILENAME}' : expression;
}

/** The pattern of a test: `=text` is the text and nothing else. */
function readTest(test: string): string {
  if (test.startsWith('=')) {
    const text = test.slice(1).replace(/^"(.*)"$/s, '$1');
    return `^${literalPattern(text.replace(/\\(.)/gs, '$1'))}$`;
  }
  const comparison = /^(?:<=?|>=?|-(?:eq|ne|lt|le|gt|ge)|-[FUhlLsx]$)/.exec(test)?.[0];
  if (comparison !== undefined) throw new NotConvertible(`the test ${comparison} does not exist here`);
  return test;
}
