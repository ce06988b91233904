// What import-iis writes decides as the original does: every real file of the corpus, and samples of our own, are asked
// about the same requests before and after.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, createExplainer, importIisFiles, type RouterOptions } from '../../src/index.ts';
import { folderOf } from '../kit/imported-files.ts';
import { requestsFor, textOf } from '../kit/requests-for-rules.ts';

/** Real configuration files; the folder stands beside the repository and is no part of it. */
const CORPUS = resolve('../shared/corpus/iis');
const files = existsSync(CORPUS)
  ? ['rewrite', 'webfarms'].flatMap((folder) => {
      const names = readdirSync(join(CORPUS, folder)).filter((name) => /\.(?:config|xdt)$/.test(name));
      return names.map((name) => join(CORPUS, folder, name));
    })
  : [];
if (files.length === 0) console.warn(`skipped: ${CORPUS} is not there`);

/** Asks about both, and returns how many requests were compared. */
async function compare(sources: readonly string[], options: RouterOptions): Promise<number> {
  const folder = folderOf({});
  const out = join(folder, 'out.yaml');
  const { yaml } = await importIisFiles(sources, options, out);
  writeFileSync(out, yaml);
  const [before, after] = await Promise.all([
    createExplainer({ file: sources[0]! }, options),
    createExplainer({ file: out }, options),
  ]);
  const requests = requestsFor(textOf(sources));
  for (const request of requests) {
    const [original, imported] = await Promise.all([before.explain(request), after.explain(request)]);
    expect(imported, JSON.stringify(request)).toEqual(original);
  }
  expect(after.rules).toEqual(before.rules);
  return requests.length;
}

describe.skipIf(files.length === 0)('the import of a real file', () => {
  const options = { pathMap: { 'C:\\': folderOfNothing(), 'E:\\': folderOfNothing() }, skipHttps: true };

  it.each(files)('decides as the file does: %s', { timeout: 60_000 }, async (file) => {
    try {
      expect(await compare([file], options)).toBeGreaterThan(10);
    } catch (error) {
      // What is refused is refused by both, and says where.
      if (!(error instanceof ConfigError)) throw error;
      const refused = await createExplainer({ file }, options).catch((reason: unknown) => reason);
      expect(refused).toBeInstanceOf(ConfigError);
      expect(error.errors.some(({ line, severity }) => severity === 'error' && line > 0)).toBe(true);
    }
  });
});

function folderOfNothing(): string {
  return resolve('docs');
}
