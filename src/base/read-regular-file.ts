// Reads a file that stands where somebody else may write: only if it is a file, and only so many bytes of it. A pipe
// or a device there would hold up the reader without end.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const HOW = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** @throws Error where `path` cannot be read, is no file, or has more than `most` bytes */
export function readRegularFile(path: string, most: number): Buffer {
  const file = openSync(path, HOW);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw new Error('it is no file');
    if (facts.size > most) throw new Error(`it has more than ${most} bytes`);
    const bytes = Buffer.allocUnsafe(facts.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
