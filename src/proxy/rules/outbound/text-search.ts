// Searching a body for a pattern, match by match (url-rewrite.md 16). ExactMatch is a search for the text here.
import type { OutboundRuleConfig } from '../../../model/outbound-config.ts';
import { anyCase } from '../patterns/any-case.ts';
import type { Captures, Pattern } from '../patterns/pattern.ts';
import type { RulePatterns } from '../patterns/rule-patterns.ts';

/** A regular expression that begins where it is told to. */
class Continued implements Pattern {
  readonly groups = 0;
  from = 0;
  readonly #expression: RegExp;

  constructor(expression: RegExp) {
    this.#expression = expression;
  }

  test(input: string): boolean {
    return this.exec(input) !== null;
  }

  exec(input: string): RegExpExecArray | null {
    this.#expression.lastIndex = this.from;
    return this.#expression.exec(input);
  }
}

export interface TextMatch {
  readonly captures: Captures;
  readonly start: number;
  readonly end: number;
}

export class TextSearch {
  readonly #continued: Continued;
  readonly #guarded: Pattern;

  /** @param guarded `continued`, or what it has to be run as */
  constructor(continued: Continued, guarded: Pattern) {
    this.#continued = continued;
    this.#guarded = guarded;
  }

  /** The first match at or behind `from`; null when there is none. @throws PatternTimeout */
  next(text: string, from: number): TextMatch | null {
    this.#continued.from = from;
    const match = this.#guarded.exec(text) as RegExpExecArray | null;
    return match && { captures: match, start: match.index, end: match.index + match[0].length };
  }
}

/** @param rule whose pattern compiles */
export function compileSearch(rule: OutboundRuleConfig, patterns: RulePatterns): TextSearch {
  const { pattern, ignoreCase } = rule.match!;
  const isText = rule.patternSyntax === 'ExactMatch';
  const source = isText ? pattern.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&') : pattern;
  const caseless = ignoreCase ? anyCase(source) : { source, flags: '' };
  const continued = new Continued(new RegExp(caseless.source, `g${caseless.flags}`));
  return new TextSearch(continued, patterns.guarded(continued, pattern, rule, ignoreCase));
}
