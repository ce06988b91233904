// Classes of bytes in HTML, as tables.

/** Longest name of a tag or an attribute that is compared; no longer one is wanted. */
export const NAME_BYTES = 64;

/** 1 for white space between attributes. */
export const SPACE = new Uint8Array(256);
for (const byte of [0x09, 0x0a, 0x0c, 0x0d, 0x20]) SPACE[byte] = 1;

/** ASCII letters in lower case; every other byte is itself. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
