// What is wrong with a configuration, with the place in its file where it stands.

/** One fault or warning. `line` and `column` count from 1; 0 where there is no text (a configuration given as an object). */
export interface LocatedProblem {
  file: string;
  line: number;
  column: number;
  severity: 'error' | 'warning';
  message: string;
  /** What would be right, when that can be said. */
  suggestion?: string;
}

/** A configuration that cannot be used. `errors` holds everything that was found, warnings included. */
export class ConfigError extends Error {
  readonly errors: readonly LocatedProblem[];

  constructor(errors: readonly LocatedProblem[]) {
    const faults = errors.filter((problem) => problem.severity === 'error');
    const [first] = faults;
    const hint = first?.suggestion ? `, ${first.suggestion}` : '';
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    super(
      first
        ? `${first.file}:${first.line}:${first.column}: ${first.message}${hint}${more}`
        : 'the configuration cannot be used',
    );
    this.name = 'ConfigError';
    this.errors = errors;
  }
}

/** The whole file is at fault. */
export function refusedFile(file: string, message: string, suggestion?: string): ConfigError {
  const problem = { file, line: 1, column: 1, severity: 'error' as const, message };
  return new ConfigError([suggestion === undefined ? problem : { ...problem, suggestion }]);
}
