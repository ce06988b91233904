import { describe, expect, it } from 'vitest';
import { readSample } from '../../../test/kit/iis-sample.ts';

const xdt = (inner: string) =>
  `<configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform">\n${inner}\n</configuration>`;
const server = (inner: string) => xdt(`<system.webServer>${inner}</system.webServer>`);
const read = (text: string, env = {}) => readSample(text, 'applicationHost.xdt', { env });

describe('a transform', () => {
  it('applied to nothing gives what it inserts', () => {
    const { plain, said } = read(
      server(`<proxy xdt:Transform="InsertIfMissing" enabled="true"/>
        <rewrite><allowedServerVariables>
          <add name="A" xdt:Transform="Insert"/><add name="A" xdt:Locator="Match(name)" xdt:Transform="InsertIfMissing"/>
          <add name="B" xdt:Transform="Insert"/><add name="B" xdt:Locator="Match(name)" xdt:Transform="Remove"/>
        </allowedServerVariables></rewrite>`),
    );
    expect(said).toEqual([]);
    expect(plain).toEqual({
      proxy: { enabled: true },
      allowedServerVariables: ['A'],
      pathCase: 'insensitive',
      vulnerablePatterns: 'limit',
    });
  });

  it('changes what it has inserted', () => {
    const { plain, said } = read(
      server(`<proxy xdt:Transform="Insert" enabled="true" timeout="00:00:10"/>
        <proxy xdt:Transform="SetAttributes(enabled)" enabled="false" timeout="00:00:20"/>
        <proxy xdt:Transform="RemoveAttributes(timeout)"/>`),
    );
    expect(said).toEqual([]);
    expect(plain.proxy).toEqual({ enabled: false });
    expect(
      read(server('<proxy xdt:Transform="Insert"/><proxy xdt:Transform="Replace" enabled="true"/>')).plain.proxy,
    ).toEqual({
      enabled: true,
    });
  });

  it('reports what depends on a file that is not there, and asks for no placeholder in it', () => {
    const { plain, said, rows } = read(
      xdt(`<system.applicationHost><sites><site name="%XDT_SITENAME%" xdt:Locator="Match(name)">
        <application path="/x" xdt:Transform="Insert"/></site></sites></system.applicationHost>
        <system.webServer><proxy xdt:Transform="SetAttributes" enabled="true"/></system.webServer>`),
    );
    expect(plain).toEqual({ pathCase: 'insensitive', vulnerablePatterns: 'limit' });
    expect(said).toEqual([
      expect.stringContaining(
        'warning: the file that this transforms is not here: there is no <site "%XDT_SITENAME%"> to change',
      ),
      expect.stringContaining('there is no <proxy> to change'),
    ]);
    expect(rows.filter(({ verdict }) => verdict === 'unsupported').map(({ line }) => line)).toEqual([2, 4]);
  });

  it('has placeholders of Azure from the environment', () => {
    const text = server(
      '<rewrite><rewriteMaps xdt:Transform="Insert"><rewriteMap name="%XDT_SITENAME%"/></rewriteMaps></rewrite>',
    );
    expect(read(text, { XDT_SITENAME: 'shop' }).plain.rewriteMaps).toEqual({ shop: {} });
    expect(read(text).said).toEqual([expect.stringContaining('error: the environment has no XDT_SITENAME')]);
  });

  it('may call its namespace as it likes, and has only verbs that there are', () => {
    const text = server('<proxy t:Transform="Insret" enabled="true"/>').replace('xmlns:xdt', 'xmlns:t');
    expect(read(text).said).toEqual([expect.stringContaining('error: there is no transform Insret')]);
  });
});
