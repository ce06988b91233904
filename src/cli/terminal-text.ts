// Text for a terminal: what requests brought along cannot move the cursor, and colour is written only where it is seen.
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** A piece of a line: text as it is, or in a style. */
export type Piece = string | readonly [style: Style, text: string];

/** Control characters are shown, not written, and so are those that turn the direction of text. */
export function printable(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** `text` in a style, where standard output is a terminal that shows it (NO_COLOR is heard). */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A line with its end. */
export function lineOf(...pieces: readonly Piece[]): string {
  const shown = pieces.map((piece) =>
    typeof piece === 'string' ? printable(piece) : styled(piece[0], printable(piece[1])),
  );
  return `${shown.join('').trimEnd()}\n`;
}
