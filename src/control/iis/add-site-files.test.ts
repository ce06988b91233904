import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, webConfig } from '../../../test/kit/iis-sample.ts';
import { plainValue } from '../../model/config-node.ts';
import { readYaml } from '../config/read-yaml.ts';
import { addSiteFiles } from './add-site-files.ts';
import { findWebConfigs } from './find-web-configs.ts';

const rules = (name: string) => webConfig(`<rewrite><rules><rule name="${name}"/></rules></rewrite>`);
const none = new Map<string, string>();

/** What YAML with sites becomes. */
function added(yaml: string, file: string, pathMap = {}) {
  const root = readYaml(yaml, file, [])!;
  const result = addSiteFiles(root, { env: {}, pathMap });
  return { ...result, tree: plainValue(root) as { sites: Record<string, Record<string, unknown>> } };
}

describe('web.config files in the folders of a site', () => {
  it('are laid over what YAML says, by their URL paths', () => {
    const folder = folderWith({
      'www/web.config': rules('a'),
      'www/b/web.config': rules('b'),
      'www/app/web.config': rules('hidden by the virtual directory'),
      'app/web.config': rules('c'),
      'other/web.config': rules('d'),
    });
    const yaml = `
sites:
  main: { root: www, virtualDirectories: { /app: ./app }, locations: [ { path: /x, rules: [] } ] }
  off: { root: other, webConfig: false }
  none: { bindings: [ "*:80:" ] }`;
    const { tree, files, problems } = added(yaml, join(folder, 'narrows.yaml'));
    expect(problems).toEqual([]);
    expect(tree.sites.main!.locations).toEqual([
      { path: '/x', rules: [] },
      { path: '/', rules: [{ name: 'a' }] },
      { path: '/app', rules: [{ name: 'c' }] },
      { path: '/b', rules: [{ name: 'b' }] },
    ]);
    expect(tree.sites.off).not.toHaveProperty('locations');
    expect(files).toEqual(['www/web.config', 'app/web.config', 'www/b/web.config'].map((name) => join(folder, name)));
  });

  it('are watched for where they are not yet', () => {
    const folder = folderWith({ 'a/': '', 'b/c/': '' });
    const { watch, files } = findWebConfigs({ root: folder, virtualDirectories: none });
    expect(files).toEqual([]);
    expect(watch).toEqual(['', 'a', 'b', 'b/c'].map((name) => join(folder, name, 'web.config')));
  });

  it('are not looked for in what is hidden, nor behind links that lead out', () => {
    const outside = folderWith({ 'web.config': rules('x') });
    const folder = folderWith({
      '.git/web.config': '',
      'Bin/web.config': '',
      '.well-known/web.config': '',
      'in/web.config': '',
    });
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(folder, join(folder, 'in/loop'));
    symlinkSync(join(folder, 'in'), join(folder, 'twin'));
    const { files } = findWebConfigs({ root: folder, virtualDirectories: none });
    expect(files.map(({ url }) => url)).toEqual(['/.well-known', '/in', '/twin']);
  });

  it('are looked for in a bounded number of folders, nearest ones first, and what is left out is said', () => {
    const folder = folderWith({ 'a/x/': '', 'b/y/': '', 'c/': '' });
    const { watch, cutOff } = findWebConfigs({ root: folder, virtualDirectories: none }, 4);
    expect(cutOff).toBe(true);
    expect(watch.map((path) => path.slice(folder.length))).toEqual(
      ['', '/a', '/b', '/c'].map((name) => `${name}/web.config`),
    );
    expect(findWebConfigs({ root: folder, virtualDirectories: none }, 6).cutOff).toBe(false);
  });

  it('are looked for among a bounded number of entries of a folder, which is said; its own is always found', () => {
    const folder = folderWith({ 'a/': '', 'b/': '', 'c/web.config': '', 'd/': '', 'web.config': '' });
    const { files, watch, crowded } = findWebConfigs({ root: folder, virtualDirectories: none }, 100, 2);
    expect(crowded).toEqual([folder]);
    expect(files).toContainEqual({ file: join(folder, 'web.config'), url: '/' });
    expect(watch.length).toBeLessThanOrEqual(3);
    expect(findWebConfigs({ root: folder, virtualDirectories: none }, 100, 5).crowded).toEqual([]);
  });

  it('in a folder with entries without end, are no reason to read all of them', () => {
    const folder = folderWith({ 'www/': '' });
    for (let i = 0; i <= 20_000; i++) writeFileSync(join(folder, 'www', `${i}`), '');
    const { problems } = added('sites: { main: { root: ./www } }', join(folder, 'narrows.yaml'));
    const message = expect.stringMatching(/more than 20000 entries in this folder/);
    expect(problems).toMatchObject([{ file: join(folder, 'www'), severity: 'warning', message }]);
    rmSync(folder, { recursive: true });
  });

  it('that are malformed, or of another kind, are faults in their places', () => {
    const folder = folderWith({
      'web.config': '<configuration>\n<a b="&"/></configuration>',
      'a/web.config': '<rules/>',
    });
    const { problems } = added('sites: { main: { root: . } }', join(folder, 'narrows.yaml'));
    expect(problems).toMatchObject([
      { file: join(folder, 'web.config'), line: 2, column: 7 },
      { file: join(folder, 'a/web.config'), message: 'expected <configuration>, got <rules>' },
    ]);
  });

  it('may allow variables, which is said: it bounds what the owner of a site can do', () => {
    const folder = folderWith({
      'web.config': webConfig('<rewrite><allowedServerVariables><add name="A"/></allowedServerVariables></rewrite>'),
    });
    const { problems, tree } = added('sites: { main: { root: . } }', join(folder, 'narrows.yaml'));
    expect(problems).toMatchObject([
      { severity: 'warning', line: 2, message: expect.stringContaining('IIS lets a web.config') },
    ]);
    expect(tree.sites.main!.locations).toEqual([{ path: '/', allowedServerVariables: ['A'] }]);
  });

  it('may not hold what stands in applicationHost.config only', () => {
    const folder = folderWith({
      'web.config': webConfig('<rewrite><globalRules/></rewrite><proxy enabled="true"/>'),
    });
    const { problems } = added('sites: { main: { root: . } }', join(folder, 'narrows.yaml'));
    expect(problems.map(({ message }) => message)).toEqual([
      '<globalRules> stands in applicationHost.config only: IIS answers 500.19',
      '<proxy> stands in applicationHost.config only: IIS answers 500.19',
    ]);
  });
});

describe('a Windows path in YAML', () => {
  it('is what pathMap says, relative to the file that holds it, or what --map says', () => {
    const folder = folderWith({ 'www/shop/web.config': rules('a'), 'else/shop/': '' });
    const yaml = "pathMap: { 'C:\\inetpub': ./www }\nsites: { main: { root: 'c:\\inetpub\\SHOP' } }";
    const file = join(folder, 'narrows.yaml');
    expect(added(yaml, file).tree.sites.main!.root).toBe(join(folder, 'www/shop'));
    expect(added(yaml, file, { 'C:\\inetpub': join(folder, 'else') }).tree.sites.main!.root).toBe(
      join(folder, 'else/shop'),
    );
  });

  it('that is mapped nowhere is a fault', () => {
    const { problems } = added("sites: { main: { root: 'D:\\www' } }", '/tmp/narrows.yaml');
    expect(problems).toMatchObject([{ line: 1, message: 'D:\\www is a path of another machine' }]);
  });
});
