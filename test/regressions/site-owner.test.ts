// Who may write below the root of a site decides about the site, and reads nothing else of the machine by it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/index.ts';
import { folder } from '../kit/site.ts';

/** A site with these files, and beside its folder a file `secret.txt`. */
function tenant(files: Record<string, string>) {
  const top = folder({ 'secret.txt': 'token=abc\n', 'site/index.html': 'hello' });
  const root = join(top, 'site');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { top, root, secret: join(top, 'secret.txt') };
}

async function errorsOf(root: string): Promise<string[]> {
  const file = join(folder({ 'narrows.yaml': JSON.stringify({ sites: { main: { root } } }) }), 'narrows.yaml');
  const problems = await checkConfig({ file });
  return problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

const webConfig = (inner: string) => `<configuration><system.webServer>${inner}</system.webServer></configuration>`;
const provider = (path: string) =>
  `<rewrite><providers><provider name="P" type="FileMapProvider"><settings>
     <add key="FilePath" value="${path}" /><add key="Separator" value="=" />
   </settings></provider></providers></rewrite>`;
const page = (path: string) => `<httpErrors><error statusCode="404" path="${path}" responseMode="File" /></httpErrors>`;

describe('a web.config among the files of a site', () => {
  it.each(['{DOCUMENT_ROOT}/../secret.txt', '../secret.txt', '{DOCUMENT_ROOT}\\..\\secret.txt'])(
    'names no file outside the site for a provider: %s',
    async (path) => {
      const { root, secret } = tenant({ 'web.config': webConfig(provider(path)) });
      expect(await errorsOf(root)).toEqual([`${secret} is outside the folder of the site`]);
    },
  );

  it('names none for a provider by its whole path, or in a file of its own', async () => {
    const { root, secret } = tenant({});
    writeFileSync(join(root, 'web.config'), webConfig(provider(secret)));
    expect(await errorsOf(root)).toEqual([`${secret} is outside the folder of the site`]);
    writeFileSync(join(root, 'web.config'), webConfig('<rewrite configSource="r.config" />'));
    writeFileSync(join(root, 'r.config'), provider(secret));
    expect(await errorsOf(root)).toEqual([`${secret} is outside the folder of the site`]);
  });

  it.skipIf(process.platform === 'win32')('names none for a provider by a link', async () => {
    const { root, secret } = tenant({ 'web.config': webConfig(provider('map.txt')) });
    symlinkSync(secret, join(root, 'map.txt'));
    expect(await errorsOf(root)).toEqual([`${join(root, 'map.txt')} is outside the folder of the site`]);
  });

  it('names its own files for a provider', async () => {
    const { root } = tenant({ 'web.config': webConfig(provider('App_Data/map.txt')), 'App_Data/map.txt': 'a=b\n' });
    expect(await errorsOf(root)).toEqual([]);
  });

  it('names no page for errors outside the site, wherever its section stands', async () => {
    const { root, secret } = tenant({});
    writeFileSync(join(root, 'web.config'), webConfig('<httpErrors configSource="errors.config" />'));
    writeFileSync(join(root, 'errors.config'), page(secret));
    expect(await errorsOf(root)).toEqual([`${secret} is outside the folder of the site`]);
  });
});

describe.skipIf(process.platform === 'win32')('a file that never ends', () => {
  it.each([
    ['a pipe that nobody writes to', (path: string) => void execFileSync('mkfifo', [path]), 'it is no file'],
    ['a device', (path: string) => symlinkSync('/dev/zero', path), 'it is no file'],
  ])('holds nobody up as web.config or as its section: %s', async (_, make, reason) => {
    const first = tenant({}).root;
    make(join(first, 'web.config'));
    expect(await errorsOf(first)).toEqual([`it cannot be read: ${reason}`]);
    const second = tenant({ 'web.config': webConfig('<httpErrors configSource="e.config" />') }).root;
    make(join(second, 'e.config'));
    expect(await errorsOf(second)).toEqual([`configSource: ${join(second, 'e.config')} cannot be read: ${reason}`]);
    const third = tenant({ 'web.config': webConfig(provider('map.txt')) }).root;
    make(join(third, 'map.txt'));
    expect(await errorsOf(third)).toHaveLength(1);
  });
});

it('rules of a site that folders without end inherit are a fault, and take no memory without end', async () => {
  const rule = (name: number) => `<rule name="${name}"><match url="^x/" /><action type="None" /></rule>`;
  const rules = Array.from({ length: 400 }, (_, index) => rule(index)).join('');
  const location = (name: number) =>
    `<location path="${name}"><system.webServer><httpErrors errorMode="Detailed" /></system.webServer></location>`;
  const inner = `<system.webServer><rewrite><rules>${rules}</rules></rewrite></system.webServer>`;
  const locations = Array.from({ length: 300 }, (_, index) => location(index)).join('');
  const { root } = tenant({ 'web.config': `<configuration>${inner}${locations}</configuration>` });
  expect(await errorsOf(root)).toEqual([
    'with the rules that folders inherit the site has more than 100000: at /249, level 251 of 301',
  ]);
});

it.each([
  ['a rule', '<rules><rule name="r"><match url="(a*)*\\1$" /><action type="None" /></rule></rules>'],
  [
    'an outbound rule',
    '<outboundRules><rule name="r"><match filterByTags="A" pattern="(a*)*\\1$" /><action type="Rewrite" value="x" /></rule></outboundRules>',
  ],
])('a pattern that can run away in %s of a web.config is limited, and holds no reload up', async (_, rules) => {
  const { root } = tenant({ 'web.config': webConfig(`<rewrite>${rules}</rewrite>`) });
  expect(await errorsOf(root)).toEqual([]);
});

describe('what is long or deep in a web.config is a fault with its place', () => {
  const rule = (url: string, more = '') => `<rule name="r"><match url="${url}" />${more}<action type="None" /></rule>`;
  const redirect = (url: string) => `<rule name="r"><match url="x" /><action type="Redirect" url="${url}" /></rule>`;
  const condition = '<add input="{URL}" pattern="x" />';
  it.each([
    ['a pattern', rule('a'.repeat(50_000)), expect.stringContaining('it has 50000 characters, and the most is 8192')],
    ['groups in groups', rule(`${'('.repeat(4000)}a${')'.repeat(4000)}`), undefined],
    [
      'an expression',
      redirect(`${'{ToLower:'.repeat(5000)}a${'}'.repeat(5000)}`),
      expect.stringContaining('stands more than 32 deep'),
    ],
    [
      'a list of conditions',
      rule('x', `<conditions>${condition.repeat(1001)}</conditions>`),
      expect.stringContaining('a rule has at most 1000 conditions'),
    ],
  ])('%s', async (_, rules, message) => {
    const { root } = tenant({ 'web.config': webConfig(`<rewrite><rules>${rules}</rules></rewrite>`) });
    expect((await errorsOf(root))[0]).toEqual(message);
  });

  it('locations without end', async () => {
    const locations = Array.from(
      { length: 5001 },
      (_, index) =>
        `<location path="${index}"><system.webServer><httpErrors errorMode="Detailed" /></system.webServer></location>`,
    );
    const { root } = tenant({ 'web.config': `<configuration>${locations.join('')}</configuration>` });
    expect(await errorsOf(root)).toEqual(['the site has 5002 locations, and the most is 5000']);
  });
});
