import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type FoundFile, findFile } from '../../base/find-file.ts';
import { FileMemory } from './file-memory.ts';
import { findNeighbours } from './precompressed.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'narrows-memory-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'a.css'), 'body');
});

/** A memory for which everything on the disk has been as it is for long. */
const inAnHour = () => new FileMemory(() => Date.now() + 3_600_000);

async function found(path: string): Promise<FoundFile> {
  return (await findFile(root, path, false)) as FoundFile;
}

async function remembering(path: string, memory = inAnHour()): Promise<FileMemory> {
  const file = await found(path);
  await memory.remember(path, { file, neighbours: await findNeighbours(root, file) }, [dirname(file.path)]);
  return memory;
}

describe('what is remembered of a file', () => {
  it('is recalled as long as nothing changed', async () => {
    writeFileSync(join(root, 'a.css.gz'), 'gz');
    const memory = await remembering('/a.css');
    for (let time = 0; time < 2; time++) {
      const choice = await memory.recall('/a.css');
      expect(choice?.file.path).toBe(join(root, 'a.css'));
      expect(choice?.neighbours.map(({ coding }) => coding)).toEqual(['gzip']);
    }
    expect(await memory.recall('/b.css')).toBeNull();
  });

  it.each<[string, () => void]>([
    ['is written', () => writeFileSync(join(root, 'a.css'), 'BODY')],
    [
      'is written with its old date',
      () => {
        writeFileSync(join(root, 'a.css'), 'BODY');
        utimesSync(join(root, 'a.css'), 1, 1);
      },
    ],
    ['is removed', () => rmSync(join(root, 'a.css'))],
    [
      'is replaced by another',
      () => {
        writeFileSync(join(root, 'new'), 'body');
        renameSync(join(root, 'new'), join(root, 'a.css'));
      },
    ],
    [
      'becomes a folder',
      () => {
        rmSync(join(root, 'a.css'));
        mkdirSync(join(root, 'a.css'));
      },
    ],
    [
      'becomes a link',
      () => {
        rmSync(join(root, 'a.css'));
        symlinkSync('/etc/passwd', join(root, 'a.css'));
      },
    ],
    ['gets a neighbour', () => writeFileSync(join(root, 'a.css.br'), 'br')],
    ['loses a neighbour', () => rmSync(join(root, 'a.css.gz'))],
    ['has a neighbour that is written', () => writeFileSync(join(root, 'a.css.gz'), 'other')],
  ])('is forgotten when the file %s', async (_, change) => {
    writeFileSync(join(root, 'a.css.gz'), 'gz');
    const memory = await remembering('/a.css');
    expect(await memory.recall('/a.css')).not.toBeNull();
    change();
    expect(await memory.recall('/a.css')).toBeNull();
    expect(await memory.recall('/a.css')).toBeNull();
  });

  it('is forgotten when a link on the way leads elsewhere: another release is served at once', async () => {
    for (const release of ['r1', 'r2']) {
      mkdirSync(join(root, release));
      writeFileSync(join(root, release, 'x.js'), release);
    }
    symlinkSync('r1', join(root, 'current'));
    const memory = await remembering('/current/x.js');
    expect((await memory.recall('/current/x.js'))?.file.realPath).toContain('r1');
    rmSync(join(root, 'current'));
    symlinkSync('r2', join(root, 'current'));
    expect(await memory.recall('/current/x.js')).toBeNull();
  });

  it('is nothing where the file changed a moment ago: it may change again without another date', async () => {
    expect(await (await remembering('/a.css', new FileMemory())).recall('/a.css')).toBeNull();
  });

  it('is bounded', async () => {
    const memory = inAnHour();
    const file = await found('/a.css');
    for (let i = 0; i < 2100; i++) await memory.remember(`${i}`, { file, neighbours: [] }, []);
    expect(await memory.recall('0')).toBeNull();
    expect(await memory.recall('2099')).not.toBeNull();
  });
});

describe('contents', () => {
  it('are kept of the version that was read, and given for no other', async () => {
    const memory = inAnHour();
    const file = await found('/a.css');
    expect(memory.wants(file)).toBe(true);
    memory.keep(file, 'another version', Buffer.from('body'));
    expect(memory.contentOf(file)).toBeNull();
    memory.keep(file, file.version, Buffer.from('body'));
    expect(memory.contentOf(file)?.toString()).toBe('body');
    writeFileSync(join(root, 'a.css'), 'BODY');
    expect(memory.contentOf(await found('/a.css'))).toBeNull();
  });

  it('are not kept of long files, and make room for each other', async () => {
    const memory = inAnHour();
    const file = await found('/a.css');
    expect(memory.wants({ ...file, size: 65_537 })).toBe(false);
    for (let i = 0; i < 300; i++) memory.keep({ ...file, realPath: `/${i}` }, file.version, Buffer.alloc(65_536));
    expect(memory.contentOf({ ...file, realPath: '/0' })).toBeNull();
    expect(memory.contentOf({ ...file, realPath: '/299' })).not.toBeNull();
  });
});
