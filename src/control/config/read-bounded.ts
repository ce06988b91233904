// Reads a file that a configuration names: a longer one than is allowed is refused before it is read whole, for a device may
// have no end. Pipes are read, other than by base/read-regular-file.ts: a secret may come through one.
import { closeSync, openSync, readSync } from 'node:fs';

/** @throws Error where `path` cannot be read, or has more than `most` bytes */
export function readBounded(path: string, most: number): string {
  const pieces: Buffer[] = [];
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.min(most + 1 - length, PIECE));
      const read = readSync(file, piece, 0, piece.length, null);
      if (read === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(piece.subarray(0, read));
      length += read;
      if (length > most) throw new Error(`it has more than ${most} bytes`);
    }
  } finally {
    closeSync(file);
  }
}

const PIECE = 64 * 1024;
