// Bytes into text and back, one character for each: the calls that cost least (DESIGN 4).

interface Latin1Buffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, at: number): number;
}

/** The bytes buffer[start, end) as latin1 text, flat and independent of the buffer. */
export function latin1Slice(buffer: Buffer, start: number, end: number): string {
  return (buffer as Latin1Buffer).latin1Slice(start, end);
}

/** Writes latin1 text into `buffer` from `at` on. */
export function latin1Write(buffer: Buffer, text: string, at: number): void {
  (buffer as Latin1Buffer).latin1Write(text, at);
}
