// The hash of the Cache Array Routing Protocol, version 1 (arr.md 6.3): 32-bit arithmetic over the units of a text.

/** h += rotl(h, 19) + c for each unit. */
export function hashText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (hash + rotateLeft(hash, 19) + text.charCodeAt(i)) | 0;
  return hash >>> 0;
}

const CARP_MULTIPLIER = 0x62531965;

/** The hash of a member's name: matches exactly, letter case counts. */
export function hashMember(name: string): number {
  return mixOnce(hashText(name));
}

/** h += h * 0x62531965, then rotl(h, 21). */
export function mixOnce(hash: number): number {
  return rotateLeft((hash + Math.imul(hash, CARP_MULTIPLIER)) | 0, 21) >>> 0;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
