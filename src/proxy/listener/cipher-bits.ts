// How many bits the key of a TLS session has.

/** By a part of the cipher's name, as IANA has it or OpenSSL. */
const KEY_BITS: readonly (readonly [RegExp, number])[] = [
  [/AES_?256|CHACHA20/, 256],
  [/AES_?128/, 128],
];

/** 0 where the name says nothing. */
export function cipherBits(name: string): number {
  return KEY_BITS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
}
