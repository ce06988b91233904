// How a command that could not do what it was asked ends: one line for each fault on stderr, exit code 1.
import { ConfigError, formatProblem } from '../index.ts';

/** @throws nothing; the process goes on to its end by itself, so that what was written is flushed */
export function refuse(error: unknown): void {
  const lines =
    error instanceof ConfigError ? error.errors.map(formatProblem) : [`narrows: ${(error as Error).message}`];
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  process.exitCode = 1;
}
