// A body that is kept to be sent again: byte for byte, no more than is allowed, and nothing of it afterwards.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIn } from '../../../test/kit/open-files.ts';
import { KeptBody } from './kept-body.ts';
import { SpillFiles } from './spill-files.ts';

function files(threads = 1): SpillFiles {
  const directory = mkdtempSync(join(tmpdir(), 'narrows-kept-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const spill = new SpillFiles(threads);
  spill.directory = directory;
  return spill;
}

/** All that was kept; null where it is lost. */
async function readAll(body: KeptBody): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const piece = await body.read(at);
    if (piece === null) return null;
    pieces.push(piece);
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

describe('a kept body', () => {
  it('is what came, however it came, wherever it is kept', async () => {
    const spill = files();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { maxLength: 12 }),
        fc.nat(1500),
        fc.nat(3000),
        async (pieces, bodyMemory, bodyFile) => {
          const body = new KeptBody({ bodyMemory, bodyFile }, spill);
          for (const piece of pieces) {
            const buffer = Buffer.from(piece);
            body.append(buffer, 0, buffer.length);
            buffer.fill(0); // who gave it uses it again
          }
          const whole = Buffer.concat(pieces);
          expect(body.usable).toBe(whole.length <= bodyMemory + bodyFile);
          if (body.usable) expect(await readAll(body)).toEqual(whole);
          body.release();
          expect([body.inMemory, body.usable]).toEqual([0, false]);
        },
      ),
    );
    expect(readdirSync(spill.directory!)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('gives its file back: descriptors and room', async () => {
    const spill = files();
    for (let i = 0; i < 20; i++) {
      const body = new KeptBody({ bodyMemory: 0, bodyFile: 2 ** 30 }, spill);
      const piece = Buffer.alloc(1000, i);
      body.append(piece, 0, 1000);
      expect(await readAll(body)).toEqual(piece);
      expect(openIn(spill.directory!).length).toBeGreaterThan(0);
      body.release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (openIn(spill.directory!).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(spill.take(2 ** 30)).toBe(true);
  });

  it('is a few blocks, however small the pieces are in which it came', () => {
    const body = new KeptBody({ bodyMemory: 70_000, bodyFile: 0 }, files());
    const sent = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 251));
    for (let at = 0; at < sent.length; at++) body.append(sent, at, at + 1);
    const pieces: Buffer[] = [];
    for (let at = 0; at < sent.length; at += pieces.at(-1)!.length) pieces.push(body.read(at) as Buffer);
    expect(pieces.length).toBeLessThan(10);
    expect(Buffer.concat(pieces).equals(sent)).toBe(true);
  });

  it('has no file where those of the process have taken all room', () => {
    const spill = files(2);
    expect([spill.take(2 ** 29), spill.take(1)]).toEqual([true, false]);
    const body = new KeptBody({ bodyMemory: 0, bodyFile: 10 }, spill);
    body.append(Buffer.from('abc'), 0, 3);
    expect(body.usable).toBe(false);
    spill.giveBack(2 ** 29);
  });
});
