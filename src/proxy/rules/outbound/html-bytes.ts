// Bytes that mean something in HTML, and classes of them as tables.

export const EXCLAMATION = 0x21;
export const DOUBLE_QUOTE = 0x22;
export const SINGLE_QUOTE = 0x27;
export const DASH = 0x2d;
export const SLASH = 0x2f;
export const LT = 0x3c;
export const EQUALS = 0x3d;
export const GT = 0x3e;
export const QUESTION = 0x3f;
export const CLOSING_BRACKET = 0x5d;

/** Longest name of a tag or an attribute that is compared; no longer one is wanted. */
export const NAME_BYTES = 64;

/** 1 for white space between attributes. */
export const SPACE = new Uint8Array(256);
for (const byte of [0x09, 0x0a, 0x0c, 0x0d, 0x20]) SPACE[byte] = 1;

/** ASCII letters in lower case; every other byte is itself. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));

export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
