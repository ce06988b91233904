import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { FileDigests } from './file-digests.ts';

/** Two files, looked at by a clock that stands `ahead` of the dates of the files, in ms. */
function twoFiles(ahead: number) {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-digests-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = ['a', 'b'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, 'x');
  const read: string[] = [];
  const digests = new FileDigests(new SimulatedClock(Date.now() + ahead), (file, most) => {
    read.push(file);
    return readRegularFile(file, most);
  });
  const look = () => {
    read.length = 0;
    return [digests.of(files), read.map((file) => file.at(-1)).join('')];
  };
  return { look, write: (text: string) => writeFileSync(files[0]!, text), remove: () => rmSync(files[1]!) };
}

it('a file is read again only where it has changed', () => {
  const { look, write, remove } = twoFiles(60_000);
  const [first, read] = look();
  expect(read).toBe('ab');
  expect(look()).toEqual([first, '']);
  write('longer');
  const [second, again] = look();
  expect(again).toBe('a');
  expect(second).not.toBe(first);
  remove();
  expect(look()).toEqual([expect.not.stringMatching(second!), '']);
});

it('a file that changed a moment ago is read: the next change may have the same date', () => {
  const { look, write } = twoFiles(0);
  const [first] = look();
  expect(look()).toEqual([first, 'ab']);
  write('y');
  expect(look()[0]).not.toBe(first);
});
