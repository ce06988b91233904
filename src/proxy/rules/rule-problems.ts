// Where the faults of a rule are written down while it is compiled: each with its place in the configuration.
import type { ConfigPath, ConfigProblem } from '../../model/config.ts';

export class RuleProblems {
  readonly #problems: ConfigProblem[];
  readonly #ruleName: string;
  readonly #path: ConfigPath;
  readonly #kind: string;

  /** @param kind what it is that has the name */
  constructor(problems: ConfigProblem[], ruleName: string, path: ConfigPath, kind = 'rule') {
    this.#problems = problems;
    this.#ruleName = ruleName;
    this.#path = path;
    this.#kind = kind;
  }

  /** The same, for what stands at `steps` below. */
  at(...steps: (string | number)[]): RuleProblems {
    return new RuleProblems(this.#problems, this.#ruleName, [...this.#path, ...steps], this.#kind);
  }

  error(message: string, suggestion?: string): void {
    this.#push('error', message, suggestion);
  }

  warn(message: string, suggestion?: string): void {
    this.#push('warning', message, suggestion);
  }

  #push(severity: ConfigProblem['severity'], message: string, suggestion?: string): void {
    const problem: ConfigProblem = {
      path: this.#path,
      severity,
      message: `${this.#kind} "${this.#ruleName}": ${message}`,
    };
    if (suggestion !== undefined) problem.suggestion = suggestion;
    this.#problems.push(problem);
  }
}
