import { mkdirSync, mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { type ConfigWatcher, watchConfig } from './watch-config.ts';

/** A clock that can be asked whether something waits on it: the watcher has then seen a change. */
class ObservedClock extends SimulatedClock {
  waiting = 0;
  /** Times that a wait began. */
  begun = 0;

  override after(delay: number, run: () => void): () => void {
    this.waiting++;
    this.begun++;
    const cancel = super.after(delay, () => {
      this.waiting--;
      run();
    });
    return () => {
      this.waiting--;
      cancel();
    };
  }
}

let folder: string;
let file: string;
let clock: ObservedClock;
let changes: number;
let watcher: ConfigWatcher;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-watch-'));
  file = join(folder, 'narrows.yaml');
  writeFileSync(file, 'a');
  clock = new ObservedClock();
  changes = 0;
  watcher = watchConfig([file], { clock, onChange: () => void changes++ });
});
afterEach(() => {
  watcher.close();
  rmSync(folder, { recursive: true });
});

/** Lets the system's notices arrive until a look is due, and the look happen. */
async function look(): Promise<void> {
  const { begun } = clock;
  while (clock.begun === begun) await turn();
  clock.advance(100);
}

describe('watching a site', () => {
  beforeEach(() => watcher.setFiles([file, join(folder, 'web.config')]));

  it('a new folder is no change, and a web.config that comes to it is one', async () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(file, 'b'); // notices come in their order: once this one is seen, so is the one before
    await look();
    clock.advance(300);
    expect(changes).toBe(1);
    writeFileSync(join(folder, 'a/b/Web.config'), 'x');
    await look();
    clock.advance(300);
    expect(changes).toBe(2);
  });

  it('a folder that brings one is a change, whatever the case of its name', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'narrows-watch-'));
    mkdirSync(join(elsewhere, 'a/b'), { recursive: true });
    writeFileSync(join(elsewhere, 'a/b/WEB.config'), 'x');
    renameSync(join(elsewhere, 'a'), join(folder, 'a'));
    await look();
    clock.advance(300);
    expect(changes).toBe(1);
    rmSync(elsewhere, { recursive: true });
  });

  it('folders without end are not all watched: what comes in later ones counts with the next reload', async () => {
    for (let i = 0; i < 501; i++) mkdirSync(join(folder, `${i}`));
    writeFileSync(file, 'b');
    await look();
    const marked = watcher.mark();
    writeFileSync(join(folder, '500', 'web.config'), 'late');
    expect(watcher.mark()).toBe(marked);
    writeFileSync(join(folder, '0', 'web.config'), 'early');
    expect(watcher.mark()).not.toBe(marked);
  });

  it('a folder without one, and other files, are none', async () => {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'page.html'), 'x');
    writeFileSync(file, 'b');
    await look();
    writeFileSync(file, 'a');
    await look();
    expect(clock.begun).toBe(3); // a look, the wait for rest, and the look that ended it
    expect(changes).toBe(0);
  });
});

describe('watching the configuration', () => {
  it('reports a change once the bytes have been the same for 300 ms', async () => {
    writeFileSync(file, 'b');
    await look();
    clock.advance(299);
    expect(changes).toBe(0);
    clock.advance(1);
    expect(changes).toBe(1);
  });

  it('however often a file is written, there is one look in 100 ms', async () => {
    let notices = 0;
    const system = watch(folder, () => void notices++);
    for (let i = 0; i < 5; i++) {
      const before = notices;
      writeFileSync(file, `${i}`);
      while (notices === before) await turn();
    }
    system.close();
    expect(clock.begun).toBe(1);
    clock.advance(100);
    expect(clock.begun).toBe(2);
    clock.advance(300);
    expect(changes).toBe(1);
  });

  it('a file that is still being written is not reported', async () => {
    writeFileSync(file, 'first half');
    await look();
    clock.advance(200);
    writeFileSync(file, 'first half and second half');
    await look();
    clock.advance(299);
    expect(changes).toBe(0);
    clock.advance(1);
    expect(changes).toBe(1);
  });

  it('a file replaced by renaming another over it is reported, again and again', async () => {
    for (const round of [1, 2, 3]) {
      const next = join(folder, 'next.tmp');
      writeFileSync(next, `version ${round}`);
      renameSync(next, file);
      await look();
      clock.advance(300);
      expect(changes).toBe(round);
    }
  });

  it('the same bytes written again are no change', async () => {
    writeFileSync(file, 'a');
    writeFileSync(join(folder, 'other'), 'x');
    writeFileSync(file, 'b');
    await look();
    writeFileSync(file, 'a');
    await look();
    clock.advance(1000);
    expect(changes).toBe(0);
  });

  it('follows the files of a new configuration, and only those', async () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, '1');
    watcher.setFiles([other]);
    writeFileSync(file, 'b');
    writeFileSync(other, '2');
    await look();
    clock.advance(300);
    expect(changes).toBe(1);
  });

  it('a change while the files were read is reported, one before is not', async () => {
    writeFileSync(file, 'before');
    await look();
    const mark = watcher.mark();
    watcher.setFiles([file], mark);
    clock.advance(1000);
    expect(changes).toBe(0);
    writeFileSync(file, 'meanwhile');
    watcher.setFiles([file], mark);
    clock.advance(300);
    expect(changes).toBe(1);
  });

  it('reports nothing after it was closed', async () => {
    writeFileSync(file, 'b');
    await look();
    writeFileSync(file, 'c');
    watcher.close();
    clock.advance(1000);
    expect(clock.waiting).toBe(0);
    expect(changes).toBe(0);
  });
});
