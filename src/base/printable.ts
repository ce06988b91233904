// Text from files and requests as it can be shown: none of it starts a line of its own, steers a terminal or turns the
// direction of what stands beside it.

/** Control characters, line separators, and the invisible characters that set a direction (Unicode UAX 9, 2). */
const NOT_SHOWN = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `text` on one line, with those characters as escapes: `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replaceAll(NOT_SHOWN, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}
