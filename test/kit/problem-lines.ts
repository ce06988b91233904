// What `check` would print for a configuration text, for tests of single faults.
import { formatProblem } from '../../src/control/config/format-problems.ts';
import { type LoadOptions, parseConfig } from '../../src/control/config/load-config.ts';
import { ConfigError, type LocatedProblem } from '../../src/model/config-error.ts';

const FILE = '/etc/narrows/narrows.yaml';

/** The problems of `text` as lines, without the name of the file: `line:column: error: …`. */
export function problemLines(text: string, options: LoadOptions = {}): string[] {
  let found: readonly LocatedProblem[];
  try {
    found = parseConfig(text, FILE, { env: {}, ...options }).problems;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    found = error.errors;
  }
  return found.map((problem) => formatProblem(problem).replace(`${FILE}:`, ''));
}
