// Bytes that know their place: a buffer that was used again too early, or bytes that were lost or doubled, show at once.

/** `size` bytes of which each follows from its position. */
export function patterned(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at++) bytes[at] = byteAt(at);
  return bytes;
}

/** Position of the first byte that is not where it belongs; -1 when all are. @param from where `bytes` begin */
export function patternFault(bytes: Buffer, from = 0): number {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== byteAt(from + at)) return from + at;
  return -1;
}

/** No period below 2^24, so that whole buffers do not resemble each other. */
function byteAt(position: number): number {
  return (position ^ (position >> 8) ^ (position >> 16)) & 0xff;
}
