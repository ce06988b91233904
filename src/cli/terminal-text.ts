// Text for a terminal: what requests brought along cannot move the cursor, and colour is written only where it is seen.
import { styleText } from 'node:util';
import { printable } from '../index.ts';

export type Style = Parameters<typeof styleText>[0];

/** A piece of a line: text as it is, or in a style. */
export type Piece = string | readonly [style: Style, text: string];

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
