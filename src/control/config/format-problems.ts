// Problems as `check` prints them: lines for people and editors, or JSON.
import type { LocatedProblem } from '../../model/config-error.ts';

/** `file:line:column: error|warning: text, and what would be right`, one line for each, without a line end. */
export function formatProblem(problem: LocatedProblem): string {
  const { file, line, column, severity, message, suggestion } = problem;
  return oneLine(`${file}:${line}:${column}: ${severity}: ${message}${suggestion ? `, ${suggestion}` : ''}`);
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

/** Values from the file stand in messages: none may start a line of its own or steer a terminal. */
function oneLine(text: string): string {
  return text.replaceAll(
    /[\x00-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
