// A whole body through a transform, as fast as that takes it: for explain.
import { Buffer } from 'node:buffer';
import type { BodyTransform } from '../../model/body-transform.ts';

/** So much is given at once, as a connection would. */
const PIECE = 64 * 1024;

/** Rejects with the ProxyError of a transform that cannot go on. */
export function transformed(transform: BodyTransform, body: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let at = 0;
  let ended = false;
  const feed = (): void => {
    while (!ended && !transform.full) {
      const end = Math.min(at + PIECE, body.length);
      if (at < end) transform.write(body, at, end);
      at = end;
      if (at < body.length) continue;
      ended = true;
      transform.end();
    }
  };
  return new Promise((resolve, reject) => {
    transform.begin({
      write: (buffer, start, end) => void pieces.push(buffer.subarray(start, end)),
      ready: feed,
      done: () => resolve(Buffer.concat(pieces)),
      fail: (error) => {
        ended = true;
        reject(error);
      },
    });
    feed();
  });
}
