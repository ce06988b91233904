// Sizes as people write them, and back. Bytes inside, everywhere; all units are powers of 1024 (CONTRACT 2).

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)?$/i;

/**
 * Reads `64KB`, `4MB`, `1GB`, or a bare number.
 * @param bareUnit bytes that a bare number counts: 1, or 1024 for the two settings that ARR gives in KB (arr.md 3)
 * @returns bytes, or null when it is no size
 */
export function parseByteSize(written: string | number, bareUnit = 1): number | null {
  const match = SIZE.exec(String(written).trim());
  if (!match) return null;
  const bytes = Number(match[1]) * (match[2] === undefined ? bareUnit : UNITS[match[2].toUpperCase()]!);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Writes `bytes` with the largest unit that divides it: 65536 is `64KB`. */
export function formatByteSize(bytes: number): string {
  if (bytes === 0) return '0';
  for (const unit of ['GB', 'MB', 'KB']) {
    if (bytes % UNITS[unit]! === 0) return `${bytes / UNITS[unit]!}${unit}`;
  }
  return `${bytes}B`;
}
