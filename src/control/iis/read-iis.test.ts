import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderWith, readSample, webConfig } from '../../../test/kit/iis-sample.ts';
import { isXml } from '../config/foreign-formats.ts';
import { readIis } from './read-iis.ts';

/** Names that mean something to somebody: to IIS, to XML, to JavaScript. */
const NAMES = [
  ...['configuration', 'system.webServer', 'location', 'rewrite', 'rules', 'rule', 'match', 'action', 'add', 'clear'],
  ...[
    'remove',
    'webFarms',
    'webFarm',
    'server',
    'applicationRequestRouting',
    'sites',
    'site',
    'rewriteMaps',
    'security',
  ],
  ...[
    'system.applicationHost',
    'application',
    'virtualDirectory',
    'bindings',
    'binding',
    'httpErrors',
    'error',
    'files',
  ],
  ...['constructor', '__proto__', 'toString', 'xdt:a', 'outboundRules', 'preConditions', 'fileExtensions', 'proxy'],
];
const ATTRIBUTES = [
  'name',
  'value',
  'path',
  'url',
  'type',
  'address',
  'key',
  'xdt:Transform',
  'xdt:Locator',
  'physicalPath',
].concat([
  'statusCode',
  'bindingInformation',
  'protocol',
  'constructor',
  '__proto__',
  'enabled',
  'configSource',
  'fileExtension',
]);
const VALUES = [
  '',
  'a',
  'true',
  'Insert',
  'Match(name)',
  '/',
  'http',
  '*:80:',
  '404',
  '%SystemDrive%\\a',
  '%constructor%',
  '[enc:x',
  'C:\\x',
];

const attributes = fc.uniqueArray(fc.tuple(fc.constantFrom(...ATTRIBUTES), fc.constantFrom(...VALUES)), {
  selector: ([name]) => name,
  maxLength: 4,
});
/** An element with up to `depth` levels of others in it. */
function elementOf(depth: number): fc.Arbitrary<string> {
  const children = depth === 0 ? fc.constant([]) : fc.array(elementOf(depth - 1), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...NAMES), attributes, children).map(([name, list, inner]) => {
    const written = list.map(([key, value]) => ` ${key}="${value}"`).join('');
    return `<${name}${written}>${inner.join('')}</${name}>`;
  });
}

describe('reading a file of IIS', () => {
  it('gives a tree or a fault for whatever is in it, and never throws', () => {
    fc.assert(
      fc.property(fc.array(elementOf(6), { maxLength: 4 }), fc.boolean(), (elements, inServer) => {
        const inner = elements.join('');
        const text = `<configuration>${inServer ? `<system.webServer>${inner}</system.webServer>` : inner}</configuration>`;
        const read = readIis(text, '/nowhere/web.config', { env: {}, pathMap: {} });
        expect(read.root !== null || read.problems.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('says of any text that is none where it stops being one', () => {
    const text = webConfig('<rewrite><rules><rule name="a &amp; b"><match url="^(.*)$"/></rule></rules></rewrite>');
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), (at, put) => {
        const broken = text.slice(0, at) + put + text.slice(at + 1);
        const { root, problems } = readIis(broken, '/nowhere/web.config', { env: {}, pathMap: {} });
        if (root === null) expect(problems[0]).toMatchObject({ severity: 'error', file: '/nowhere/web.config' });
      }),
      { numRuns: 2000 },
    );
  });

  it('knows an applicationHost.config by what is in it', () => {
    const kinds = (inner: string, file = 'x.config') =>
      'unmatchedHost' in readSample(`<configuration>${inner}</configuration>`, file).plain;
    const sites = '<system.applicationHost><sites><site name="a" id="1"/></sites></system.applicationHost>';
    expect(kinds(sites)).toBe(true);
    expect(readSample('<configuration><webFarms/></configuration>', 'x.config').plain).not.toHaveProperty('sites');
    expect(readSample(webConfig('<rewrite><globalRules/></rewrite>'), 'x.config').plain).not.toHaveProperty('sites');
    expect(readSample(webConfig('<asp/>'), 'x.config').plain).toHaveProperty('sites.default');
  });

  it.each([
    ['web.config', 'anything', true],
    ['a.XDT', '', true],
    ['a.yaml', '\uFEFF <?xml version="1.0"?>', true],
    ['a.yaml', '# <a/>\nfarms: {}', false],
  ])('%s with %j is one: %s', (file, text, is) => {
    expect(isXml(text, file)).toBe(is);
  });

  it('warns where a folder would not have its web.config files in IIS', () => {
    const www = folderWith({});
    const text = `<configuration><system.applicationHost><sites><site name="a" id="1"><application path="/">
      <virtualDirectory path="/" physicalPath="${www}" allowSubDirConfig="false"/></application></site></sites></system.applicationHost></configuration>`;
    expect(readSample(text, 'applicationHost.config').said).toEqual(
      ['2:96 warning: allowSubDirConfig: web.config files of folders below apply all the same'].map((line) =>
        expect.stringContaining(line.slice(line.indexOf('warning'))),
      ),
    );
  });
});
