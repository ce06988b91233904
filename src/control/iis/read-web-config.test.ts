import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, readSample, siteOf, webConfig } from '../../../test/kit/iis-sample.ts';

const rules = (name: string) => `<rewrite><rules><rule name="${name}"/></rules></rewrite>`;
const section = (inner: string) => `<system.webServer>${inner}</system.webServer>`;

/** The folder's web.config, read as the whole configuration. */
function readIn(folder: string, text: string) {
  writeFileSync(join(folder, 'web.config'), text);
  return readSample(text, join(folder, 'web.config'));
}

describe('a web.config', () => {
  it('is one site, whose root is its folder', () => {
    const folder = folderWith({});
    const { plain, files } = readIn(folder, webConfig(rules('a')));
    expect(plain).toEqual({
      sites: { default: { root: folder, webConfig: false, rules: [{ name: 'a' }] } },
      pathCase: 'insensitive',
      vulnerablePatterns: 'limit',
    });
    expect(files).toEqual([join(folder, 'web.config')]);
  });

  it('says things about folders below by location elements, and by the web.config files in them', () => {
    const folder = folderWith({
      'shop/Web.config': webConfig(rules('c')),
      'shop/deep/web.config': webConfig(rules('d')),
    });
    const text = `<configuration>${section(rules('a'))}
      <location path="shop">${section(rules('b'))}</location>
      <location path="." inheritInChildApplications="false">${section('<defaultDocument enabled="false"/>')}</location>
    </configuration>`;
    const { plain, files } = readIn(folder, text);
    expect(plain.sites).toMatchObject({
      default: {
        locations: [
          { path: '/', rules: [{ name: 'a' }] },
          { path: '/shop', rules: [{ name: 'b' }] },
          { path: '/', inheritInChildApplications: false, defaultDocument: { enabled: false } },
          { path: '/shop', rules: [{ name: 'c' }] },
          { path: '/shop/deep', rules: [{ name: 'd' }] },
        ],
      },
    });
    expect(files).toEqual(['web.config', 'shop/Web.config', 'shop/deep/web.config'].map((name) => join(folder, name)));
  });

  it('has faults of files below in those files', () => {
    const folder = folderWith({ 'a/web.config': '<configuration>\n<b>\n</configuration>' });
    const { problems } = readIn(folder, webConfig(''));
    expect(problems).toEqual([
      expect.objectContaining({ file: join(folder, 'a/web.config'), line: 3, message: expect.stringContaining('<b>') }),
    ]);
  });

  it('turns the proxy on where a rule goes to another host, and says so', () => {
    const rule = (url: string) =>
      `<rewrite><rules><rule name="a"><action type="Rewrite" url="${url}"/></rule></rules></rewrite>`;
    for (const url of ['http://backend/{R:0}', 'HTTPS://backend', '{C:1}://backend/']) {
      const { plain, said } = readSample(webConfig(rule(url)));
      expect(plain.proxy).toEqual({ enabled: true });
      expect(said).toEqual([expect.stringContaining('warning: the proxy is on')]);
    }
    expect(readSample(webConfig(rule('/local?to=http://x'))).plain.proxy).toBeUndefined();
  });

  it('may be the rewrite section alone', () => {
    const { plain, said } = readSample(rules('a').slice('<rewrite>'.length, -'</rewrite>'.length));
    expect(plain).toEqual({});
    expect(said).toEqual([expect.stringContaining('expected <configuration> as the outermost element, got <rules>')]);
    expect(readSample(rules('a')).plain.sites).toMatchObject({ default: { rules: [{ name: 'a' }] } });
  });

  it('has its rows in the report, by the names of things', () => {
    const { rows } = readSample(webConfig(`${rules('x')}<asp/><handlers><add/></handlers>`));
    expect(rows.map(({ line, path, verdict }) => `${line} ${path} ${verdict}`)).toEqual([
      '1 configuration exact',
      '1 configuration/system.webServer exact',
      '2 configuration/system.webServer/rewrite/rules exact',
      "2 configuration/system.webServer/rewrite/rules/rule[@name='x'] exact",
      "2 configuration/system.webServer/rewrite/rules/rule[@name='x']/@name exact",
      '2 configuration/system.webServer/asp exact',
      '2 configuration/system.webServer/handlers unsupported',
    ]);
  });
});

describe('sections beside rewrite', () => {
  it('have the keys of IIS', () => {
    const sections = `
      <httpProtocol><customHeaders><remove name="X-Powered-By"/><add name="A" value="b"/></customHeaders></httpProtocol>
      <staticContent>
        <remove fileExtension=".json"/><remove fileExtension=".x"/><mimeMap fileExtension=".JSON" mimeType="application/json"/>
        <clientCache cacheControlMode="usemaxage" cacheControlMaxAge="30.00:00:00"/>
      </staticContent>
      <httpRedirect enabled="true" destination="/b"><add wildcard="*.php" destination="/c"/></httpRedirect>
      <httpErrors errorMode="Custom"><error statusCode="404" path="/e" responseMode="ExecuteURL"/></httpErrors>
      <security>
        <requestFiltering allowDoubleEscaping="true">
          <requestLimits maxUrl="100"><headerLimits><add header="A" sizeLimit="5"/></headerLimits></requestLimits>
          <hiddenSegments><add segment="a"/><remove segment="bin"/></hiddenSegments>
          <fileExtensions allowUnlisted="false"><add fileExtension=".a" allowed="true"/><add fileExtension=".b" allowed="false"/><remove fileExtension=".c"/></fileExtensions>
          <verbs><add verb="TRACE" allowed="false"/></verbs>
        </requestFiltering>
        <ipSecurity allowUnlisted="false"><remove ipAddress="10.0.0.0" subnetMask="255.0.0.0"/><add ipAddress="::1" allowed="true"/></ipSecurity>
      </security>
      <webSocket enabled="false"/>`;
    expect(siteOf(sections)).toEqual({
      httpProtocol: { customHeaders: { remove: ['X-Powered-By'], list: [{ name: 'A', value: 'b' }] } },
      staticContent: {
        remove: ['.x'],
        mimeMap: { '.JSON': 'application/json' },
        clientCache: { cacheControlMode: 'UseMaxAge', cacheControlMaxAge: '30.00:00:00' },
      },
      httpRedirect: { enabled: true, destination: '/b', wildcards: [{ wildcard: '*.php', destination: '/c' }] },
      httpErrors: { errorMode: 'Custom', errors: [{ statusCode: 404, path: '/e', responseMode: 'ExecuteURL' }] },
      requestFiltering: {
        allowDoubleEscaping: true,
        requestLimits: { maxUrl: 100, headerLimits: { A: 5 } },
        hiddenSegments: { remove: ['bin'], list: ['a'] },
        fileExtensions: {
          allowUnlisted: false,
          allowed: { remove: ['.c'], list: ['.a'] },
          denied: { remove: ['.c'], list: ['.b'] },
        },
        verbs: { denied: ['TRACE'] },
      },
      ipSecurity: {
        allowUnlisted: false,
        remove: ['10.0.0.0/255.0.0.0'],
        list: [{ ipAddress: '::1', allowed: true }],
      },
      webSocket: { enabled: false },
    });
  });

  it('leave out error pages that are not on this machine', () => {
    const page = '<error statusCode="404" prefixLanguageFilePath="%SystemDrive%\\inetpub\\custerr" path="404.htm"/>';
    const read = (pathMap: Record<string, string>) =>
      readSample(webConfig(`<httpErrors>${page}</httpErrors>`), 'web.config', { pathMap });
    expect(read({}).plain.sites).not.toHaveProperty('default.httpErrors');
    expect(read({}).said).toEqual([]);
    expect(read({ 'C:\\inetpub': '/srv' }).plain.sites).toMatchObject({
      default: { httpErrors: { errors: [{ prefixLanguageFilePath: '/srv/custerr', path: '404.htm' }] } },
    });
  });
});

describe('configSource', () => {
  const maps = '<rewriteMaps>\n<rewriteMap name="m"><add key="a" value="b"/></rewriteMap></rewriteMaps>';
  const source = (path: string) => webConfig(`<rewrite><rewriteMaps configSource="${path}"/></rewrite>`);

  it('is not followed where the section is passed over: its file may hold passwords', () => {
    const text = `<configuration><connectionStrings configSource="secret.config"/><location path="a">
      <appSettings configSource="none.config"/></location><system.webServer/></configuration>`;
    const { said, files } = readIn(folderWith({ 'secret.config': '<connectionStrings/>' }), text);
    expect([said, files.filter((name) => name.includes('secret'))]).toEqual([[], []]);
  });

  it('takes a section from another file, whose places it has, in either encoding of Windows', () => {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const folder = folderWith({ 'config/': '' });
      const file = join(folder, 'config/Maps.config');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `\uFEFF${maps.replace('value=', 'vale=')}`, encoding);
      const { plain, files, problems } = readIn(folder, source('Config\\maps.config'));
      expect(plain.sites).toMatchObject({ default: { rewriteMaps: { m: { entries: { a: '' } } } } });
      expect(files.slice(0, 2)).toEqual([join(folder, 'web.config'), file]);
      expect(problems).toEqual([expect.objectContaining({ file, line: 2, column: 35 })]);
    }
  });

  it.each([
    ['gone.config', 'there is no file '],
    ['..\\x.config', 'expected a path relative to this file'],
    ['/etc/passwd', 'expected a path relative to this file'],
    ['C:\\x.config', 'expected a path relative to this file'],
    ['other.config', 'expected <rewriteMaps> here'],
  ])('%s is refused', (path, problem) => {
    const folder = folderWith({ 'other.config': '<rules/>' });
    expect(readIn(folder, source(path)).said).toEqual([expect.stringContaining(problem)]);
  });
});
