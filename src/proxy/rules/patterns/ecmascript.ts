// ECMAScript patterns: a search with a JavaScript regular expression, where it differs from IIS read as IIS does
// (url-rewrite.md 5).
import { anyCase } from './any-case.ts';
import { LiteralPrefix, literalPrefix } from './literal-prefix.ts';
import { type Captures, type Pattern, PatternError } from './pattern.ts';

/** @throws PatternError with the engine's message, and what would be right where that is known */
export function compileEcmaScript(text: string, ignoreCase: boolean): Pattern {
  refuseStrayBrace(text);
  try {
    new RegExp(text).test(''); // the message shall show the pattern as it was written; some are too large only when they run
  } catch (error) {
    throw new PatternError((error as Error).message, adviceFor(text));
  }
  const { source, flags } = ignoreCase ? anyCase(text) : { source: text, flags: '' };
  const prefix = literalPrefix(text, ignoreCase);
  const check = prefix === '' ? null : new LiteralPrefix(prefix, ignoreCase);
  return new EcmaScript(new RegExp(source, flags), countGroups(text), check);
}

class EcmaScript implements Pattern {
  readonly groups: number;
  readonly #expression: RegExp;
  readonly #prefix: LiteralPrefix | null;

  constructor(expression: RegExp, groups: number, prefix: LiteralPrefix | null) {
    this.#expression = expression;
    this.#prefix = prefix;
    this.groups = groups;
  }

  test(input: string): boolean {
    return (this.#prefix === null || this.#prefix.fits(input)) && this.#expression.test(input);
  }

  exec(input: string): Captures | null {
    return this.#prefix === null || this.#prefix.fits(input) ? this.#expression.exec(input) : null;
  }
}

/** A pattern that may also match nothing tells how many groups it has. */
function countGroups(text: string): number {
  return new RegExp(`${text}|`).exec('')!.length - 1;
}

/**
 * JavaScript takes a `{` that begins no quantifier for itself; IIS refuses it, and it is nearly always an expression
 * that somebody hoped would be expanded, such as `^/{C:1}`.
 */
function refuseStrayBrace(text: string): void {
  const outsideClasses = text.replace(/\\[\s\S]/g, '__').replace(/\[[^\]]*\]/g, (all) => '_'.repeat(all.length));
  const at = outsideClasses.search(/\{(?!\d+(?:,\d*)?\})/);
  if (at === -1) return;
  if (/^\{[A-Za-z_]+(?::[^}]*)?\}/.test(text.slice(at))) {
    throw new PatternError(
      `expressions are not expanded in patterns: ${text.slice(at).split('}')[0]}}`,
      'put it into the input of a condition, and match that',
    );
  }
  throw new PatternError('a { that begins no count', 'write \\{ for the character itself');
}

function adviceFor(text: string): string | undefined {
  if (/^[*?]|\/\*/.test(text))
    return 'quantifiers follow what they repeat: write .* for "anything", or set patternSyntax: Wildcard';
  if (/\(\?[a-z]+[):]/i.test(text)) return 'inline options are not known here: use ignoreCase';
  if (/[*+?}]\+/.test(text)) return 'possessive quantifiers are not known here: leave the second + out';
  if (/\(\?[>P#]/.test(text)) return 'atomic and Python-style groups and comments are not known here';
  return undefined;
}
