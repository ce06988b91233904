// From an offset in a text to line and column, by the starts of its lines.
import type { Place } from '../../model/config-node.ts';

export class TextPlaces {
  readonly #file: string;
  readonly #lineStarts: number[] = [0];

  constructor(text: string, file: string) {
    this.#file = file;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  /** @param offset in UTF-16 code units, as strings are indexed */
  at(offset: number): Place {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.#file, line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }
}
