// Real configuration files of IIS, read where they are (README.md): each loads and answers as the reference says, or is
// refused with a message that names the fault.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORPUS, hasCorpus } from './case-folder.ts';
import { casesIn, describeCase } from './describe-cases.ts';

const cases = casesIn(join(import.meta.dirname, 'corpus'));
const there = hasCorpus();
if (!there) console.warn(`There is no ${CORPUS}: the cases with real configuration files are SKIPPED.`);

describe.skipIf(!there)('the corpus', () => {
  it('is asked whole', () => {
    const used = new Set(cases.flatMap(([, { entries }]) => entries.flatMap(({ corpus }) => corpus?.path ?? [])));
    expect(corpusFiles().filter((file) => !used.has(file))).toEqual([]);
  });

  it('is asked three times for each file that loads', () => {
    const few = corpusFiles().filter((file) => {
      const using = cases.filter(([, { entries }]) => entries.some(({ corpus }) => corpus?.path === file));
      const isRefused = using.some(([, { problems }]) => problems.some(({ severity }) => severity === 'error'));
      return using.flatMap(([, { requests }]) => requests).length < 3 && !isRefused;
    });
    expect(few).toEqual([]);
  });

  for (const [file, parsed] of cases) describeCase(file, parsed);
});

function corpusFiles(): string[] {
  return ['rewrite', 'rewrite/config', 'webfarms'].flatMap((folder) => {
    const entries = readdirSync(join(CORPUS, folder), { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.txt'));
    return files.map(({ name }) => `${folder}/${name}`);
  });
}
