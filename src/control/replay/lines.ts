// The lines of a file of any size, or of a pipe, one at a time.
import { Buffer } from 'node:buffer';

/** A longer line is no request: only its beginning is kept. */
const LONGEST_LINE = 1024 * 1024;

export interface Line {
  /** From 1. */
  number: number;
  /** Without its line end. */
  text: string;
  /** Longer than what is kept. */
  cut: boolean;
}

/** @param chunks of bytes; UTF-8, or latin1 where a line is not that (IIS writes either) */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const held: Uint8Array[] = [];
  let size = 0;
  let number = 0;
  const hold = (piece: Uint8Array): void => {
    if (piece.length === 0) return;
    if (size <= LONGEST_LINE) held.push(piece);
    size += piece.length;
  };
  const take = (): Line => {
    number++;
    const text = decoded(held.length === 1 ? held[0]! : Buffer.concat(held), number === 1);
    const line = { number, text, cut: size > LONGEST_LINE };
    held.length = 0;
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      hold(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  if (size > 0) yield take();
}

function decoded(bytes: Uint8Array, isFirst: boolean): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = buffer.toString('utf8');
  if (text.includes('\ufffd')) text = buffer.toString('latin1');
  if (isFirst && text.startsWith('\ufeff')) text = text.slice(1);
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
