// Real files from public repositories: each loads, or is refused with a message that names its fault.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig, type LocatedProblem, type RouterOptions } from '../../src/index.ts';

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus/iis');
const isThere = existsSync(CORPUS);
if (!isThere) console.warn(`skipped: the corpus of IIS files is not at ${CORPUS}`);

/** Files that are refused, and what is said of them. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  // The dialect of UrlRewrite.Net: nested rules, <normalize>, an action of its own.
  '07-urlrewrite-net-testsite.config': /<rules> has no attribute name/,
  // Site folders on drives of the machine that it comes from.
  '20-mattgillard-applicationHost.config': /C:\\inetpub\\wwwroot is a path of another machine/,
  '28-jexusmanager-original2.config': /the environment has no JEXUS_TEST_HOME/,
};

/** A file in a folder of its own, as it would be given to the router. */
function alone(path: string, name = basename(path)): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-corpus-'));
  copyFileSync(path, join(folder, name));
  const config = join(path, '../config');
  if (existsSync(config)) cpSync(config, join(folder, 'config'), { recursive: true });
  return join(folder, name);
}

const errorsOf = (problems: readonly LocatedProblem[]) => problems.filter(({ severity }) => severity === 'error');

async function errorsIn(file: string, options: RouterOptions = {}): Promise<LocatedProblem[]> {
  return errorsOf(await checkConfig({ file }, { skipHttps: true, ...options }));
}

function filesOf(folder: string): string[] {
  if (!isThere) return [];
  return readdirSync(join(CORPUS, folder)).filter((name) => /\.(?:config|xdt)$/.test(name) && name !== 'config');
}

describe.skipIf(!isThere)('files of the corpus', () => {
  it('are there', () => {
    expect(filesOf('rewrite')).toHaveLength(29);
    expect(filesOf('webfarms')).toHaveLength(4);
  });

  it.each([
    ...filesOf('rewrite').map((name) => ['rewrite', name]),
    ...filesOf('webfarms').map((name) => ['webfarms', name]),
  ])('%s/%s loads, or is refused for its fault', async (folder, name) => {
    const errors = await errorsIn(alone(join(CORPUS, folder!, name!)));
    const expected = REFUSED[name!];
    if (expected === undefined) expect(errors).toEqual([]);
    else expect(errors[0]!.message).toMatch(expected);
  });

  it('20 loads where its folder is mapped', async () => {
    const www = mkdtempSync(join(tmpdir(), 'narrows-corpus-'));
    mkdirSync(join(www, 'wwwroot'));
    const file = alone(join(CORPUS, 'rewrite/20-mattgillard-applicationHost.config'));
    expect(await errorsIn(file, { pathMap: { 'C:\\inetpub': www } })).toEqual([]);
  });

  it('28 loads where its drives are mapped and its folders are there', async () => {
    const drive = mkdtempSync(join(tmpdir(), 'narrows-corpus-'));
    const text = readFileSync(join(CORPUS, 'rewrite/28-jexusmanager-original2.config'), 'utf8');
    const file = alone(join(CORPUS, 'rewrite/28-jexusmanager-original2.config'));
    writeFileSync(file, text.replaceAll('%JEXUS_TEST_HOME%', 'E:\\Jexus'));
    const pathMap = { 'C:': drive, 'E:': drive };
    for (const { message } of await errorsIn(file, { pathMap })) {
      const folder = /^there is no folder (.*?) \(/.exec(message)?.[1];
      expect(folder).toBeDefined();
      mkdirSync(folder!, { recursive: true });
    }
    expect(await errorsIn(file, { pathMap })).toEqual([]);
  });

  it('posts whose tags a blog engine has mangled are refused for their names', async () => {
    const refused: string[] = [];
    for (const name of ['06-improvedk-subdirectory.md', '07-improvedk-multiple-farms.md']) {
      const post = readFileSync(join(CORPUS, 'webfarms', name), 'utf8');
      for (const [, xml] of post.matchAll(/```xml\r?\n(.*?)```/gs)) {
        const folder = mkdtempSync(join(tmpdir(), 'narrows-corpus-'));
        writeFileSync(join(folder, 'applicationHost.config'), `<configuration>${xml}</configuration>`);
        const [first] = await errorsIn(join(folder, 'applicationHost.config'));
        refused.push(first!.message);
      }
    }
    const farms = 'there is no section <webfarms>';
    expect(refused).toEqual([farms, farms, '<rewrite> stands in <system.webServer>']);
  });
});
