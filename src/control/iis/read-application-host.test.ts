import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, readSample } from '../../../test/kit/iis-sample.ts';

const host = (inner: string) => `<configuration>\n${inner}\n</configuration>`;
const sites = (inner: string) => host(`<system.applicationHost><sites>\n${inner}\n</sites></system.applicationHost>`);
const server = (inner: string) => `<system.webServer>${inner}</system.webServer>`;
const rules = (...names: string[]) =>
  `<rewrite><rules>${names.map((name) => `<rule name="${name}"/>`).join('')}</rules></rewrite>`;

function read(text: string, options: Parameters<typeof readSample>[2] = {}) {
  return readSample(text, 'applicationHost.config', options);
}

describe('the server of applicationHost.config', () => {
  it('has what all elements say that speak of it', () => {
    const globalRules = (name: string, attributes = '') =>
      `<globalRules${attributes}><rule name="${name}"/></globalRules>`;
    const outbound = (name: string) =>
      `<outboundRules><rule name="${name}" preCondition="${name}"/><preConditions><preCondition name="${name}"/></preConditions></outboundRules>`;
    const maps = (name: string, value: string) =>
      `<rewriteMaps><rewriteMap name="${name}"><add key="k" value="${value}"/></rewriteMap><rewriteMap name="both" defaultValue="${value}"/></rewriteMaps>`;
    const rewrite = (...inner: string[]) => server(`<rewrite>${inner.join('')}</rewrite>`);
    const { plain, said } = read(
      host(`<webFarms/>
        ${rewrite(globalRules('a', ' useOriginalURLEncoding="false"'), outbound('a'), maps('a', '1'))}
        <location path="">${rewrite(globalRules('b'), outbound('b'), maps('b', '2'))}</location>
        <location path=".">${rewrite(globalRules('c', ' useOriginalURLEncoding="true"'))}</location>`),
    );
    expect(said).toEqual([]);
    expect(plain).toMatchObject({
      rules: { useOriginalURLEncoding: true, list: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      outboundRules: { preConditions: { a: {}, b: {} }, rules: [{ name: 'a' }, { name: 'b' }] },
      rewriteMaps: { a: { entries: { k: '1' } }, b: { entries: { k: '2' } }, both: { defaultValue: '2' } },
    });
  });
});

describe('a list of applicationHost.config that we have one of too', () => {
  const filtering = (inner: string) => `<security><requestFiltering>${inner}</requestFiltering></security>`;
  const settings = `
    <defaultDocument><files><add value="a.htm"/></files></defaultDocument>
    <staticContent><mimeMap fileExtension=".a" mimeType="text/a"/></staticContent>
    ${filtering('<hiddenSegments><add segment="web.config"/></hiddenSegments><fileExtensions><add fileExtension=".a" allowed="false"/></fileExtensions>')}`;
  const more = filtering('<hiddenSegments><add segment="more"/></hiddenSegments>');
  const site = '<system.applicationHost><sites><site name="a" id="1"/></sites></system.applicationHost>';

  it('is the whole one, and what was taken out of it does not come back; location elements add to it', () => {
    const { plain } = read(host(`${site}${server(settings)}<location path="">${server(more)}</location>`));
    expect(plain).toMatchObject({
      sites: {
        a: {
          defaultDocument: { files: { clear: true, list: ['a.htm'] } },
          staticContent: { clear: true, mimeMap: { '.a': 'text/a' } },
        },
      },
      requestFiltering: {
        hiddenSegments: { clear: true, list: ['web.config', 'more'] },
        fileExtensions: { denied: { clear: true, list: ['.a'] } },
      },
    });
  });
});

describe('farms of applicationHost.config', () => {
  it('have what stands in applicationRequestRouting as their own', () => {
    const text = host(`<webFarms>
      <webFarm name="shop" enabled="False" autoEnableAgent="true">
        <server address="10.0.0.1" enabled="true"><applicationRequestRouting weight="50" httpPort="8080"/></server>
        <server address="10.0.0.2"/>
        <applicationRequestRouting>
          <protocol timeout="00:01:00" minResponseBuffer="256"><cache enabled="false"/></protocol>
          <affinity useCookie="true" timeout="00:30:00"><host name="a" servers="2"><equivalentHost name="b"/></host></affinity>
          <healthCheck url="http://shop/up" interval="00:00:05"/>
          <loadBalancing algorithm="requesthash" hashServerVariable="x1,x2"/>
        </applicationRequestRouting>
      </webFarm>
    </webFarms>`);
    const { plain, said, rows } = read(text);
    expect(said).toEqual([]);
    expect(plain.farms).toEqual({
      shop: {
        enabled: false,
        protocol: { timeout: '00:01:00', minResponseBuffer: '256KB', cache: { enabled: false } },
        affinity: { useCookie: true, timeout: '00:30:00', hosts: [{ name: 'a', servers: 2, equivalentHosts: ['b'] }] },
        healthCheck: { url: 'http://shop/up', interval: '00:00:05' },
        loadBalancing: { algorithm: 'RequestHash', hashServerVariable: 'x1,x2' },
        servers: [{ address: '10.0.0.1', enabled: true, weight: 50, httpPort: 8080 }, '10.0.0.2'],
      },
    });
    const agent = rows.find(({ path }) => path === "configuration/webFarms/webFarm[@name='shop']/@autoEnableAgent");
    expect(agent).toMatchObject({ line: 3, verdict: 'unsupported' });
  });

  it.each([
    ['true', { url: '/up', onDemand: true }],
    ['false', { url: '/up' }],
  ])('test on demand as webFarms/@onDemandHealthCheck="%s" says, where they have a test', (written, healthCheck) => {
    const test = '<applicationRequestRouting><healthCheck url="/up"/></applicationRequestRouting>';
    const farms = `<webFarm name="f">${test}</webFarm><webFarm name="g"/>`;
    const { plain, said, rows } = read(host(`<webFarms onDemandHealthCheck="${written}">${farms}</webFarms>`));
    expect(said).toEqual([]);
    expect(plain.farms).toEqual({ f: { healthCheck }, g: {} });
    const row = rows.find(({ path }) => path.endsWith('@onDemandHealthCheck'));
    expect(row).toMatchObject({ verdict: 'exact' });
  });

  it.each([
    ['<server address="a"/><server address="A"/>', '"A" stands twice in <webFarm>'],
    ['<server/>', '<server> lacks its attribute address'],
    ['<server address="a"><applicationRequestRouting weight="0"/></server>', 'expected a whole number from 1 to'],
    [
      '<applicationRequestRouting><affinity timeout="00:00:90"/></applicationRequestRouting>',
      '"00:00:90" is not a time span',
    ],
    ['<applicationRequestRouting><affinity timeout="00:01:30"/></applicationRequestRouting>', 'not a multiple of 1m'],
    ['<applicationRequestRouting><protocol timeout="00:00:00"/></applicationRequestRouting>', 'out of range'],
    ['<applicationRequestRouting sslOffloading="true"/>', 'http://FARM/ offloads'],
  ])('with %s are refused', (inner, problem) => {
    expect(read(host(`<webFarms><webFarm name="f">${inner}</webFarm></webFarms>`)).said.join()).toContain(problem);
  });
});

describe('sites of applicationHost.config', () => {
  it('have bindings, folders and applications', () => {
    const folder = folderWith({ 'WWW/images/': '', 'app/': '' });
    const text = sites(`<site name="main" id="7">
      <application path="/">
        <virtualDirectory path="/" physicalPath="%SystemDrive%\\inetpub\\www"/>
        <virtualDirectory path="/images" physicalPath="C:\\INETPUB\\www\\images\\"/>
      </application>
      <application path="/app" applicationPool="x"><virtualDirectory path="/" physicalPath="${folder}/app"/></application>
      <bindings>
        <binding protocol="http" bindingInformation="*:80:www.example.com"/>
        <binding protocol="net.tcp" bindingInformation="808:*"/>
      </bindings>
    </site>`);
    const { plain, said } = read(text, { pathMap: { 'c:\\inetpub': folder } });
    expect(said).toEqual([]);
    expect(plain).toEqual({
      sites: {
        main: {
          id: 7,
          bindings: ['*:80:www.example.com'],
          root: join(folder, 'WWW'),
          applications: ['/app'],
          virtualDirectories: { '/images': join(folder, 'WWW/images'), '/app': join(folder, 'app') },
        },
      },
      unmatchedHost: 'refuse',
      pathCase: 'insensitive',
      vulnerablePatterns: 'limit',
    });
  });

  it.each([
    [
      'C:\\inetpub\\wwwroot',
      {},
      "C:\\inetpub\\wwwroot is a path of another machine (say where it is: --map 'C:\\inetpub=/srv/…'",
    ],
    ['\\\\files\\www\\a', {}, "--map '\\\\files\\www=/srv/…'"],
    ['C:\\inetpub\\nowhere', { 'C:\\inetpub': '/tmp' }, 'there is no folder /tmp/nowhere (C:\\inetpub\\nowhere)'],
    ['C:\\inetpub2', { 'C:\\inetpub': '/tmp' }, 'C:\\inetpub2 is a path of another machine'],
    ['%HOME_OF_SITES%\\a', {}, 'the environment has no HOME_OF_SITES'],
    ['/srv/no-such-folder', {}, 'there is no folder /srv/no-such-folder'],
  ])('with the folder %s are refused where it stands', (path, pathMap, problem) => {
    const text = sites(
      `<site name="a" id="1"><application path="/">\n<virtualDirectory path="/" physicalPath="${path}"/></application></site>`,
    );
    const [said] = read(text, { pathMap }).said;
    expect(said).toContain(`4:42 error: `);
    expect(said).toContain(problem);
  });

  it.each([
    ['<site name="a" id="1" serverAutoStart="false"/>', 'its serverAutoStart is false'],
    [
      '<site name="a" id="1"><bindings><binding protocol="ftp" bindingInformation="*:21:"/></bindings></site>',
      'it has no binding for http',
    ],
  ])('that no request reaches are left out', (site, reason) => {
    const { plain, said } = read(sites(site));
    expect(plain.sites).toBeUndefined();
    expect(said).toEqual([expect.stringContaining(`warning: site "a" is left out: ${reason}`)]);
  });

  it('inherit what the server says, and have what location elements say', () => {
    const text =
      host(`<system.applicationHost><sites><site name="a" id="1"/><site name="B C" id="2"/></sites></system.applicationHost>
      ${server('<rewrite><globalRules><rule name="g"/></globalRules><rewriteMaps><rewriteMap name="m"/></rewriteMaps></rewrite><defaultDocument><files><clear/><add value="x"/></files></defaultDocument>')}
      <location path="b c">${server(rules('r'))}</location>
      <location path="B C/shop/" inheritInChildApplications="false">${server(rules('s'))}</location>
      <location path="gone">${server(rules('t'))}</location>`);
    const { plain, said } = read(text);
    const documents = { defaultDocument: { files: { clear: true, list: ['x'] } } };
    expect(plain).toMatchObject({
      rules: [{ name: 'g' }],
      rewriteMaps: { m: {} },
      sites: {
        a: { id: 1, ...documents },
        'B C': {
          id: 2,
          locations: [
            { path: '/', ...documents },
            { path: '/', rules: [{ name: 'r' }] },
            { path: '/shop', inheritInChildApplications: false, rules: [{ name: 's' }] },
          ],
        },
      },
    });
    expect(said).toContainEqual(expect.stringContaining('warning: there is no site "gone"'));
  });

  it('that are missing leave distributed rules to one that takes every request', () => {
    const { plain, said } = read(host(server(rules('r'))), {});
    expect(plain.sites).toEqual({ default: { rules: [{ name: 'r' }] } });
    expect(said).toEqual([expect.stringContaining('there are no sites in this file')]);
  });
});

describe('an https binding', () => {
  const text = sites(
    '<site name="a" id="1"><bindings>\n<binding protocol="https" bindingInformation="*:443:www.example.com"/></bindings></site>',
  );
  const errors = (options: Parameters<typeof readSample>[2]) =>
    read(text, options).said.filter((one) => /https/.test(one));

  it('without certificate is an error that names the host, or a warning, or nothing where nothing is opened', () => {
    expect(errors({})).toEqual([
      expect.stringMatching(/^4:47 error: the https binding of www\.example\.com has no certificate here/),
    ]);
    expect(errors({ skipHttps: true })).toEqual([expect.stringMatching(/warning: .* it is not opened$/)]);
    expect(errors({ skipHttps: 'silent' })).toEqual([]);
  });

  it.each([
    [{ 'www.example.com.pfx': '' }, { pfx: 'www.example.com.pfx', passphrase: 'secret' }],
    [
      { '_.EXAMPLE.com.pfx': '', 'other.pfx': '' },
      { pfx: '_.EXAMPLE.com.pfx', passphrase: 'secret' },
    ],
    [
      { 'www.example.com.pem': '', 'www.example.com.key': '' },
      { cert: 'www.example.com.pem', key: 'www.example.com.key' },
    ],
  ])('takes its certificate from a folder with %j', (files, certificate) => {
    const certificates = folderWith(files as Record<string, string>);
    const { plain } = read(text, { certificates, pfxPassphrase: 'secret' });
    const expected = Object.entries(certificate).map(([key, name]) => [
      key,
      key === 'passphrase' ? name : join(certificates, name!),
    ]);
    expect(plain.listeners).toEqual({
      'https-443': { address: '0.0.0.0:443', tls: { certificates: [Object.fromEntries(expected)] } },
    });
    expect(plain.sites).toMatchObject({ a: { bindings: ['https/*:443:www.example.com'] } });
  });

  it('asks clients for certificates where --client-authorities says whose are trusted', () => {
    const certificates = folderWith({ 'www.example.com.pfx': '' });
    const { plain } = read(text, { certificates, clientAuthorities: '/etc/staff.pem' });
    expect(plain.listeners).toMatchObject({
      'https-443': { tls: { clientCertificates: 'optional', clientAuthorities: '/etc/staff.pem' } },
    });
  });
});

describe('the log of the sites', () => {
  const withLog =
    sites(`<site name="a" id="3"><logFile logExtFileFlags="Time, Date, HttpStatus" period="Hourly"/></site>
    <siteDefaults><logFile logFormat="W3C" directory="%SystemDrive%\\inetpub\\logs"/></siteDefaults>`);

  it('goes where its folder is mapped to', () => {
    const folder = folderWith({ 'logs/': '' });
    expect(read(withLog, { pathMap: { 'C:\\inetpub': folder } }).plain.accessLog).toEqual({
      path: join(folder, 'logs/W3SVC3/u_ex%y%m%d%H.log'),
      format: 'w3c',
      fields: ['date', 'time', 'sc-status'],
    });
  });

  it('is not written where it is mapped nowhere, which the report says', () => {
    const { plain, rows } = read(withLog);
    expect(plain.accessLog).toBeUndefined();
    expect(rows.find(({ path }) => path.endsWith('/siteDefaults/logFile/@directory'))).toMatchObject({
      verdict: 'unsupported',
    });
  });
});
