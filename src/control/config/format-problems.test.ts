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

  it('are an array of objects in JSON', () => {
    expect(JSON.parse(problemsAsJson([problem, { ...problem, suggestion: 'do that' }]))).toEqual([
      problem,
      { ...problem, suggestion: 'do that' },
    ]);
    expect(problemsAsJson([])).toBe('[]');
  });
});
