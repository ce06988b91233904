// Compiles the patterns of a configuration's rules: each text once, guarded where it may be slow (docs/decisions/0005). Which
// ones these are was found out in the control thread; it stands in the configuration.
import type { Config, RuleConfig, SlowPattern } from '../../../model/config.ts';
import type { RuleProblems } from '../rule-problems.ts';
import { compilePattern } from './compile-pattern.ts';
import { type Pattern, PatternError } from './pattern.ts';
import { SharedPattern } from './shared-pattern.ts';
import { TimeLimited } from './time-limited.ts';

/** Time limit where a rule has none of its own, ms. */
const USUAL_LIMIT = 20;
const ADVICE = 'let no two parts compete for the same text: (a+)+ is a+, .*/.* is often [^/]*/.*';

/** What a rule says of its patterns. */
type Saying = Pick<RuleConfig, 'patternSyntax' | 'patternTimeLimit'>;

export class RulePatterns {
  readonly #slow: ReadonlyMap<string, SlowPattern>;
  readonly #refuses: boolean;
  readonly #compiled = new Map<string, SharedPattern>();

  constructor({ slowPatterns, vulnerablePatterns }: Pick<Config, 'slowPatterns' | 'vulnerablePatterns'>) {
    this.#slow = new Map(slowPatterns.map((slow) => [`${slow.ignoreCase} ${slow.text}`, slow]));
    this.#refuses = vulnerablePatterns === 'refuse';
  }

  /**
   * The pattern `text` of a rule. Where it is at fault, a stand-in with all groups keeps one fault from making others. One that
   * can run away is a fault, unless a time limit is asked for.
   */
  compile(text: string, rule: Saying, ignoreCase: boolean, problems: RuleProblems): Pattern {
    const { patternSyntax, patternTimeLimit } = rule;
    const slow = this.#slowPattern(text, rule, ignoreCase);
    const limit = patternTimeLimit ?? USUAL_LIMIT;
    if (slow !== undefined && patternTimeLimit === null) this.#report(slow, problems);
    const key = `${patternSyntax} ${slow === undefined ? '' : limit} ${ignoreCase} ${text}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) {
      known.isUsedAgain();
      return known;
    }
    try {
      const plain = compilePattern(text, patternSyntax, ignoreCase);
      const pattern = new SharedPattern(this.guarded(plain, text, rule, ignoreCase));
      this.#compiled.set(key, pattern);
      return pattern;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      problems.error(error.message, error.suggestion);
      return { groups: 31, test: () => false, exec: () => null };
    }
  }

  /** `pattern`, which runs the ECMAScript text of a rule in a way of its own, or what it has to be run as. */
  guarded(pattern: Pattern, text: string, rule: Saying, ignoreCase: boolean): Pattern {
    const slow = this.#slowPattern(text, rule, ignoreCase);
    if (slow === undefined) return pattern;
    return new TimeLimited(pattern, slow.directUpTo, rule.patternTimeLimit ?? USUAL_LIMIT);
  }

  #slowPattern(text: string, { patternSyntax }: Saying, ignoreCase: boolean): SlowPattern | undefined {
    return patternSyntax === 'ECMAScript' ? this.#slow.get(`${ignoreCase} ${text}`) : undefined;
  }

  #report({ verdict, attack, directUpTo }: SlowPattern, problems: RuleProblems): void {
    if (verdict === 'vulnerable' && this.#refuses) {
      problems.error(`the pattern can run away: ${attack}`, `${ADVICE}; or set patternTimeLimit: 20ms on the rule`);
    } else if (verdict === 'vulnerable') {
      problems.warn(
        `the pattern can run away: ${attack}; a match that takes more than ${USUAL_LIMIT} ms fails its request`,
        ADVICE,
      );
    } else if (verdict === 'unknown') {
      problems.warn(
        `nobody can tell how slow the pattern is: text of more than ${directUpTo} characters is matched under a time limit of ${USUAL_LIMIT} ms, which costs 0.1 ms each time`,
        'without look-ahead, back-references and counts above 16 in what is repeated it is fast',
      );
    }
  }
}
