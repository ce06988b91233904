// Problems as `check` prints them: lines for people and editors, or JSON.
import { printable } from '../../base/printable.ts';
import type { LocatedProblem } from '../../model/config-error.ts';

/** `file:line:column: error|warning: text, and what would be right`, one line for each, without a line end. */
export function formatProblem(problem: LocatedProblem): string {
  const { file, line, column, severity, message, suggestion } = problem;
  // Values from the file stand in messages.
  return printable(`${file}:${line}:${column}: ${severity}: ${message}${suggestion ? `, ${suggestion}` : ''}`);
}

/** The array of `check --json` (CONTRACT 1). */
export function problemsAsJson(problems: readonly LocatedProblem[]): string {
  return JSON.stringify(
    problems.map(({ file, line, column, severity, message, suggestion }) => ({
      file,
      line,
      column,
      severity,
      message,
      suggestion,
    })),
    null,
    2,
  );
}
