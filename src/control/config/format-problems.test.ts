import { describe, expect, it } from 'vitest';
import type { LocatedProblem } from '../../model/config-error.ts';
import { formatProblem, problemsAsJson } from './format-problems.ts';

const problem: LocatedProblem = { file: 'n.yaml', line: 2, column: 5, severity: 'error', message: 'a fault' };

describe('problems', () => {
  it('are one line each, with what would be right', () => {
    expect(formatProblem(problem)).toBe('n.yaml:2:5: error: a fault');
    expect(formatProblem({ ...problem, severity: 'warning', suggestion: 'do that' })).toBe(
      'n.yaml:2:5: warning: a fault, do that',
    );
  });

  it('cannot forge a line or steer a terminal', () => {
    expect(formatProblem({ ...problem, message: 'a\nn.yaml:1:1: ok\u001b[2J' })).toBe(
      'n.yaml:2:5: error: a\\x0an.yaml:1:1: ok\\x1b[2J',
    );
  });

  it.each(['\u061c', '\u200e', '\u200f', '\u2028', '\u202a', '\u202e', '\u2066', '\u2069'])(
    'show %j rather than turn or break the text beside it',
    (character) => {
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      const shown = formatProblem({ ...problem, message: `a ${character}fault` });
      expect(shown).toBe(`n.yaml:2:5: error: a \\u${code}fault`);
    },
  );

  it('are an array of objects in JSON', () => {
    expect(JSON.parse(problemsAsJson([problem, { ...problem, suggestion: 'do that' }]))).toEqual([
      problem,
      { ...problem, suggestion: 'do that' },
    ]);
    expect(problemsAsJson([])).toBe('[]');
  });
});
