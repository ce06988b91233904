// Bytes into text, one character for each: the call that costs least for a whole head (DESIGN 4).

interface Latin1Buffer extends Buffer {
  latin1Slice(start: number, end: number): string;
}

/** The bytes buffer[start, end) as latin1 text, flat and independent of the buffer. */
export function latin1Slice(buffer: Buffer, start: number, end: number): string {
  return (buffer as Latin1Buffer).latin1Slice(start, end);
}
