// FileContainsProvider: the line of a file that a text contains (url-rewrite.md 15).
import type { RewriteProvider } from '../../model/extensions.ts';
import type { FileContainsProviderConfig } from '../../model/provider-config.ts';

/**
 * The time grows with the text and the logarithm of the number of lines, whatever they are: files of that kind are long, and
 * clients choose the text. Of lines that begin with another line only that one is kept: what contains them contains it.
 * So at each place of the text one line alone can stand: the greatest that is not greater than what follows.
 */
export class ContainedLine implements RewriteProvider {
  readonly #ignoreCase: boolean;
  /** In ascending order; none begins with another. */
  readonly #lines: string[] = [];
  readonly #longest: number;

  constructor({ lines, ignoreCase }: Pick<FileContainsProviderConfig, 'lines' | 'ignoreCase'>) {
    this.#ignoreCase = ignoreCase;
    let longest = 0;
    for (const line of lines.map((each) => (ignoreCase ? each.toLowerCase() : each)).toSorted(byCodeUnits)) {
      const last = this.#lines.at(-1);
      if (last !== undefined && line.startsWith(last)) continue;
      this.#lines.push(line);
      longest = Math.max(longest, line.length);
    }
    this.#longest = longest;
  }

  /** The line that comes first in `input`; '' where it contains none. */
  rewrite(input: string): string {
    if (this.#lines.length === 0) return '';
    const text = this.#ignoreCase ? input.toLowerCase() : input;
    for (let at = 0; at < text.length; at++) {
      const line = this.#greatestUpTo(text.slice(at, at + this.#longest));
      if (line !== null && text.startsWith(line, at)) return line;
    }
    return '';
  }

  #greatestUpTo(text: string): string | null {
    const lines = this.#lines;
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lines[middle]! <= text) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : lines[low - 1]!;
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
