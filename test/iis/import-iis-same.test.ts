// What import-iis writes decides as the original does: every real file of the corpus, and samples of our own, are asked
// about the same requests before and after.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { loadChecked } from '../../src/engine/load-checked.ts';
import { ConfigError, createExplainer, importIisFiles, type RouterOptions } from '../../src/index.ts';
import { folderOf } from '../kit/imported-files.ts';
import { requestsFor, textOf } from '../kit/requests-for-rules.ts';
import { WHOLE_SERVER } from '../kit/whole-server.ts';

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
    // Where IIS finds nobody to send a request to, YAML says 404 in so many words.
    const isLost = original.outcome.kind === 'error' && original.outcome.status === 404;
    if (isLost) expect(imported.outcome, JSON.stringify(request)).toMatchObject({ status: 404 });
    else expect(imported, JSON.stringify(request)).toEqual(original);
  }
  expect(after.rules).toEqual(before.rules);
  expect(await settingsOf(out, options)).toEqual(await settingsOf(sources[0]!, options));
  return requests.length;
}

/** All settings but where they stand, and but the rule that cannot be written as it was. */
async function settingsOf(file: string, options: RouterOptions): Promise<unknown> {
  const { config } = await loadChecked({ file }, options, systemClock);
  const withoutPlaces = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(withoutPlaces);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([key, each]) => !(key === 'path' && Array.isArray(each)));
    return Object.fromEntries(entries.map(([key, each]) => [key, withoutPlaces(each)]));
  };
  const list = config.rules.list.filter(({ name }) => name !== 'lost');
  return withoutPlaces({ ...config, rules: { ...config.rules, list }, stateDirectory: '' });
}

/** Folders for the paths of another machine that the files name. */
function mappedPaths(text: string): Record<string, string> {
  const folder = folderOf({});
  vi.stubEnv('JEXUS_TEST_HOME', 'C:\\jexus');
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [, path] of text.matchAll(/physicalPath="([^"]*)"/g)) {
    const expanded = path!.replace(/%SystemDrive%/i, 'C:').replace('%JEXUS_TEST_HOME%', 'C:\\jexus');
    mkdirSync(
      join(
        folder,
        expanded
          .replace(/^(\w):/, '$1')
          .replaceAll('\\', '/')
          .toLowerCase(),
      ),
      { recursive: true },
    );
  }
  return { 'C:\\': join(folder, 'c'), 'E:\\': join(folder, 'e') };
}

describe.skipIf(files.length === 0)('the import of a real file', () => {
  it.each(files)('decides as the file does: %s', { timeout: 60_000 }, async (file) => {
    const options = { pathMap: mappedPaths(textOf([file])), skipHttps: true };
    try {
      expect(await compare([file], options)).toBeGreaterThan(10);
    } catch (error) {
      // What is refused is refused by both, and says where.
      if (!(error instanceof ConfigError)) throw error;
      const refused = await createExplainer({ file }, options).catch((reason: unknown) => reason);
      expect(refused).toBeInstanceOf(ConfigError);
      expect(error.errors.some(({ line, severity }) => severity === 'error' && line > 0)).toBe(true);
      expect(file).toMatch(/07-urlrewrite-net-testsite/); // rules of another module
    }
  });
});

describe('the import of a whole server', () => {
  it('decides as the server does, with all that the web.config files of its sites say', async () => {
    const folder = folderOf(WHOLE_SERVER);
    const host = join(folder, 'applicationHost.config');
    const sources = ['applicationHost.config', 'www/web.config', 'www/shop/web.config'].map((name) =>
      join(folder, name),
    );
    const options = { pathMap: { 'C:\\inetpub': folder }, skipHttps: true };
    expect(await compare(sources, options)).toBeGreaterThan(60);
    const { rows, yaml } = await importIisFiles([host], options, join(folder, 'out.yaml'));
    expect(new Set(rows.map(({ file }) => file))).toEqual(new Set(sources));
    expect(yaml).toContain('root: www\n');
    expect(yaml).not.toContain('C:\\');
    expect(rows.find(({ path }) => path.endsWith('authentication'))?.verdict).toBe('unsupported');
  });
});
