// What is done about patterns that may be slow (docs/decisions/0005). Which ones these are was found out in the control
// thread; it stands in the configuration.
import type { Config, SlowPattern } from '../../../model/config.ts';
import type { RuleProblems } from '../rule-problems.ts';
import type { Pattern } from './pattern.ts';
import { TimeLimited } from './time-limited.ts';

/** Time limit where a rule has none of its own, ms. */
const USUAL_LIMIT = 20;

export class PatternSafety {
  readonly #slow: ReadonlyMap<string, SlowPattern>;
  readonly #refuses: boolean;

  constructor({ slowPatterns, vulnerablePatterns }: Pick<Config, 'slowPatterns' | 'vulnerablePatterns'>) {
    this.#slow = new Map(slowPatterns.map((slow) => [keyOf(slow.text, slow.ignoreCase), slow]));
    this.#refuses = vulnerablePatterns === 'refuse';
  }

  /**
   * `pattern`, or what it has to be run as. A pattern that can run away is a fault, unless a time limit is asked for.
   * @param text the ECMAScript pattern as written
   * @param timeLimit of the rule, ms; null: it has none
   */
  guard(
    pattern: Pattern,
    text: string,
    ignoreCase: boolean,
    timeLimit: number | null,
    problems: RuleProblems,
  ): Pattern {
    const slow = this.#slow.get(keyOf(text, ignoreCase));
    if (slow === undefined) return pattern;
    const limit = timeLimit ?? USUAL_LIMIT;
    if (timeLimit === null) this.#report(slow, limit, problems);
    return new TimeLimited(pattern, slow.directUpTo, limit);
  }

  #report({ verdict, attack, directUpTo }: SlowPattern, limit: number, problems: RuleProblems): void {
    if (verdict === 'vulnerable' && this.#refuses) {
      problems.error(
        `the pattern can run away: ${attack}`,
        'let no two parts compete for the same text ((a+)+ is a+, .*/.* is often [^/]*/.*), or set patternTimeLimit: 20ms on the rule',
      );
    } else if (verdict === 'vulnerable') {
      problems.warn(
        `the pattern can run away: ${attack}; a match that takes more than ${limit} ms fails its request`,
        'let no two parts compete for the same text: (a+)+ is a+, .*/.* is often [^/]*/.*',
      );
    } else if (verdict === 'unknown') {
      problems.warn(
        `nobody can tell how slow the pattern is: text of more than ${directUpTo} characters is matched under a time limit of ${limit} ms, which costs 0.1 ms each time`,
        'without look-ahead, back-references and counts above 16 in what is repeated it is fast',
      );
    }
  }
}

function keyOf(text: string, ignoreCase: boolean): string {
  return `${ignoreCase} ${text}`;
}
