// What is called `__proto__` was lost between the file and the router, without a word.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkConfig, importIisFiles } from '../../src/index.ts';
import { folder } from '../kit/site.ts';

const MAP = `<configuration><system.webServer><rewrite><rewriteMaps>
  <rewriteMap name="Moved">
    <add key="__proto__" value="/a" />
    <add key="constructor" value="/b" />
  </rewriteMap>
</rewriteMaps></rewrite></system.webServer></configuration>`;
const fault = { line: 3, column: 10, severity: 'error', message: '"__proto__" cannot be used as a name' };

it('a key __proto__ in a map of a web.config is a fault with its place', async () => {
  const file = join(folder({ 'web.config': MAP }), 'web.config');
  const problems = await checkConfig({ file });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([{ file, ...fault }]);
});

it('so is one in a web.config in the folder of a site', async () => {
  const root = folder({ 'sub/web.config': MAP });
  const file = join(folder({ 'narrows.yaml': JSON.stringify({ sites: { main: { root } } }) }), 'narrows.yaml');
  expect(await checkConfig({ file })).toEqual([{ file: join(root, 'sub/web.config'), ...fault }]);
  expect(await checkConfig({ sites: { main: { root } } })).toEqual([{ file: join(root, 'sub/web.config'), ...fault }]);
});

it('import-iis says that it is left out, and writes what can be read', async () => {
  const { yaml, rows } = await importIisFiles([join(folder({ 'web.config': MAP }), 'web.config')]);
  expect(rows).toContainEqual(expect.objectContaining({ line: 3, verdict: 'unsupported', note: fault.message }));
  expect(await checkConfig({ file: join(folder({ 'narrows.yaml': yaml }), 'narrows.yaml') })).toEqual([]);
});
