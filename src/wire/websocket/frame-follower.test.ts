// Where frames end, in whatever pieces they come.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { closeFrame } from './close-frame.ts';
import { FrameFollower } from './frame-follower.ts';

const frame = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 9, 10),
  isLast: fc.boolean(),
  length: fc.oneof(fc.nat(130), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000)),
  masked: fc.boolean(),
});

type Frame = typeof frame extends fc.Arbitrary<infer Value> ? Value : never;

/** As RFC 6455 5.2 draws it. */
function bytesOf({ opcode, isLast, length, masked }: Frame): Buffer {
  const size = length < 126 ? Buffer.alloc(0) : Buffer.alloc(length < 65_536 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(length);
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length));
  const short = length < 126 ? length : size.length === 2 ? 126 : 127;
  const first = Buffer.from([(isLast ? 0x80 : 0) | opcode, (masked ? 0x80 : 0) | short]);
  return Buffer.concat([first, size, Buffer.alloc(masked ? 4 : 0, 0x88), Buffer.alloc(length, 0x88)]);
}

it('is between two frames at their ends and nowhere else, in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(80_000)), (frames, cuts) => {
      const all = frames.map(bytesOf);
      const bytes = Buffer.concat(all);
      let end = 0;
      const ends = new Set(all.map(({ length }) => (end += length)));
      const follower = new FrameFollower();
      let at = 0;
      for (const cut of [...cuts.map((n) => n % bytes.length).sort((a, b) => a - b), bytes.length]) {
        follower.pass(bytes, at, cut);
        at = cut;
        expect(follower.isBetween).toBe(at === 0 || ends.has(at));
      }
      expect(follower.closed).toBe(false);
    }),
  );
});

it('finds the end of the frame that is under way', () => {
  fc.assert(
    fc.property(frame, frame, fc.nat(80_000), fc.nat(80_000), (first, second, one, two) => {
      const length = bytesOf(first).length;
      const bytes = Buffer.concat([bytesOf(first), bytesOf(second)]);
      const begun = 1 + (one % (length - 1));
      const more = Math.min(bytes.length, begun + two);
      const follower = new FrameFollower();
      follower.pass(bytes, 0, begun);
      expect(follower.passFrame(bytes, begun, more)).toBe(begun === length ? begun : more < length ? -1 : length);
      expect(follower.isBetween).toBe(more >= length);
    }),
  );
});

it('knows a close frame, ours too', () => {
  for (const masked of [false, true]) {
    const bytes = Buffer.from(closeFrame(1001, 'bye', masked), 'latin1');
    const follower = new FrameFollower();
    follower.pass(bytes, 0, bytes.length);
    expect([follower.closed, follower.isBetween]).toEqual([true, true]);
    expect(bytes.length).toBe(masked ? 11 : 7);
  }
});

it('is never between frames again after a length that nobody could send', () => {
  const follower = new FrameFollower();
  follower.pass(Buffer.from([0x82, 127, ...Array(8).fill(255)]), 0, 10);
  follower.pass(Buffer.alloc(1000), 0, 1000);
  expect(follower.isBetween).toBe(false);
});
