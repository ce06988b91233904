// What import-iis writes, beside that it decides the same (import-iis-same.test.ts).
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { importIisFiles, type RouterOptions } from '../../src/index.ts';
import { folderOf } from '../kit/imported-files.ts';

const rule = (name: string, action: string, url = '^a$') =>
  `<rule name="${name}"><match url="${url}" />${action}</rule>`;
const webConfig = (rules: string, more = '') =>
  `<configuration><system.webServer><rewrite><rules>${rules}</rules></rewrite>${more}</system.webServer></configuration>`;

interface Yaml {
  sites: Record<string, Record<string, unknown>>;
  [section: string]: unknown;
}

/** Imports these of `files`; the YAML is said to stand in their folder. */
async function importOf(files: Record<string, string>, names = Object.keys(files), options: RouterOptions = {}) {
  const folder = folderOf(files);
  const paths = names.map((name) => join(folder, name));
  const imported = await importIisFiles(paths, options, join(folder, 'out.yaml'));
  return { ...imported, config: parse(imported.yaml) as Yaml };
}

const host = (site: string, more = '') => `<configuration>
  <system.applicationHost><sites><site name="main" id="1">
    <application path="/"><virtualDirectory path="/" physicalPath="www" /></application>
    <bindings>${site}</bindings>
  </site></sites></system.applicationHost>${more}
</configuration>`;
const HTTP = '<binding protocol="http" bindingInformation="*:80:a.example" />';

describe('import-iis', () => {
  it('writes folders below the YAML relative to it, and reads no web.config a second time', async () => {
    const { config } = await importOf({ 'a/web.config': webConfig(rule('a', '')) });
    expect(config.sites.default).toMatchObject({ root: 'a', webConfig: false, rules: [{ name: 'a' }] });
  });

  it('never writes a passphrase, and no encrypted value', async () => {
    vi.stubEnv('NARROWS_PFX_PASSWORD', 'a secret');
    const binding = '<binding protocol="https" bindingInformation="*:443:a.example" />';
    const farm = `<webFarms><webFarm name="f" adminPassword="[enc:x:y:enc]"><server address="s" /></webFarm></webFarms>`;
    const files = { 'applicationHost.config': host(binding, farm), 'certs/a.example.pfx': 'pfx', 'www/x': '' };
    const folder = folderOf(files);
    const certificates = join(folder, 'certs');
    const { yaml, rows } = await importIisFiles([join(folder, 'applicationHost.config')], { certificates });
    vi.unstubAllEnvs();
    expect(yaml).toContain('passphrase: "${NARROWS_PFX_PASSWORD}"');
    expect(yaml).not.toContain('secret');
    expect(yaml).not.toMatch(/^[^#]*\[enc:/m);
    expect(rows.find(({ path }) => path.endsWith('@adminPassword'))).toMatchObject({ verdict: 'unsupported' });
  });

  it('says of a site only what stands in it, though it inherits what stands below it in the file', async () => {
    const inherited = `<system.webServer>
      <webdav><authoring enabled="true" /></webdav>
      <defaultDocument><files><add value="a.html" /></files></defaultDocument>
    </system.webServer>`;
    const files = { 'applicationHost.config': host(HTTP, inherited), 'www/x': '' };
    const { yaml } = await importOf(files, ['applicationHost.config']);
    const [above, site] = yaml.split('\nsites:\n');
    expect(above).toContain('system.webServer/webdav: there is no WebDAV here');
    expect(site).not.toContain('WebDAV');
  });

  it('says 404 where IIS finds nobody to send a request to, and keeps the target beside it', async () => {
    const lost = rule('lost', '<action type="Rewrite" url="http://nobody.example/{R:0}" />');
    const globals = `<system.webServer><rewrite><globalRules>${lost}</globalRules></rewrite></system.webServer>`;
    const files = { 'applicationHost.config': host(HTTP, globals), 'www/x': '' };
    const { config, yaml } = await importOf(files, ['applicationHost.config']);
    expect(config.rules).toMatchObject([{ action: { type: 'CustomResponse', statusCode: 404 } }]);
    expect(yaml).toMatch(/# approximated: action\/@url: .*"http:\/\/nobody\.example\/\{R:0\}"/);
  });

  it('takes whether requests go to other hosts from the server alone', async () => {
    const elsewhere = rule('a', '<action type="Rewrite" url="http://other.example/" />');
    const files = {
      'applicationHost.config': host(HTTP, '<system.webServer><proxy enabled="false" /></system.webServer>'),
      'www/x': '',
      'other/web.config': webConfig(elsewhere),
    };
    const { config } = await importOf(files, ['applicationHost.config', 'other/web.config']);
    expect(config.proxy).toBeUndefined(); // false is the default
    expect(Object.keys(config.sites)).toEqual(['main', 'other']);
    const alone = await importOf({ 'web.config': webConfig(elsewhere) });
    expect(alone.config.proxy).toEqual({ enabled: true });
  });

  it('keeps the order of layers where settings of the root are under each other', async () => {
    const location = (text: string) => `<location path="main"><system.webServer>${text}</system.webServer></location>`;
    const header = (name: string) =>
      `<httpProtocol><customHeaders><add name="${name}" value="1" /></customHeaders></httpProtocol>`;
    const files = {
      'applicationHost.config': host(
        HTTP,
        location(header('X-A')) + location(`${header('X-B')}<webSocket enabled="false" />`),
      ),
      'www/web.config': webConfig(rule('a', ''), header('X-C')),
    };
    const { config } = await importOf(files, ['applicationHost.config']);
    const headers = (level: Record<string, unknown>) =>
      (level.httpProtocol as { customHeaders: { name: string }[] }).customHeaders.map(({ name }) => name);
    const { main } = config.sites;
    expect(headers(main!)).toEqual(['X-A']);
    expect(main).toMatchObject({ webSocket: { enabled: false }, rules: [{ name: 'a' }] });
    expect((main!.locations as Record<string, unknown>[]).map(headers)).toEqual([['X-B'], ['X-C']]);
  });

  it('refuses files that give one thing twice, and what is no file of IIS', async () => {
    const farm = (port: number) =>
      `<configuration><webFarms><webFarm name="f"><server address="s" /><applicationRequestRouting><protocol maxForwards="${port}" /></applicationRequestRouting></webFarm></webFarms></configuration>`;
    await expect(importOf({ 'a.config': farm(1), 'b.config': farm(2) })).rejects.toThrow(
      '"maxForwards" is given twice',
    );
    await expect(importOf({ 'a.yaml': 'farms: {}' })).rejects.toThrow('it is not XML');
  });
});
