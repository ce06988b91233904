import { describe, expect, it } from 'vitest';
import { folderWith, readSample, webConfig } from '../../../test/kit/iis-sample.ts';

/** What becomes of the types of a site whose web.config has these handlers, and what is said. */
function typesWith(handlers: string, more = '') {
  const text = webConfig(`<handlers>${handlers}</handlers>${more}`);
  const { plain, problems } = readSample(text, `${folderWith({ 'web.config': text })}/web.config`);
  const { default: site } = plain.sites as Record<string, Record<string, unknown>>;
  return { types: site!.staticContent, said: problems.map(({ message }) => message) };
}

const core = '<add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" />';
const staticFile =
  '<add name="StaticFile" path="*" verb="*" modules="StaticFileModule,DefaultDocumentModule" requireAccess="Read" />';

describe('files of programs', () => {
  it('are not sent where a handler answers all requests, whatever types the file gives', () => {
    const { types, said } = typesWith(
      core,
      '<staticContent><remove fileExtension=".json" /><mimeMap fileExtension=".json" mimeType="a/b" /><clientCache setEtag="false" /></staticContent>',
    );
    expect(types).toEqual({ clear: true, clientCache: { setEtag: false } });
    expect(said).toEqual(['the handler "aspNetCore" is not run here, and no file here is sent']);
  });

  it('are not sent where a handler answers an extension that has a type', () => {
    const php = '<add name="PHP" path="*.php,*.HTML" verb="GET,HEAD,POST" modules="FastCgiModule" />';
    const { types, said } = typesWith(
      php,
      '<staticContent><mimeMap fileExtension=".html" mimeType="text/html" /><mimeMap fileExtension=".x" mimeType="a/x" /></staticContent>',
    );
    expect(types).toEqual({ mimeMap: { '.x': 'a/x' }, remove: ['.html'] });
    expect(said).toEqual(['the handler "PHP" is not run here, and no file that ends in .html is sent']);
  });

  it('are not sent where a handler answers one file, which rules could lead to', () => {
    const iisnode = '<add name="iisnode" path="server.js" verb="*" modules="iisnode" />';
    const { plain, problems } = readSample(
      webConfig(`<handlers>${iisnode}</handlers><defaultDocument enabled="false" />`),
    );
    expect(plain.sites).toMatchObject({
      default: {
        defaultDocument: { enabled: false },
        locations: [{ path: '/server.js', staticContent: { clear: true } }],
      },
    });
    expect(problems.map(({ message }) => message)).toEqual([
      'the handler "iisnode" is not run here, and server.js is not sent',
    ]);
  });

  it('are refused in silence where the handler refuses them in IIS too', () => {
    const views = '<add name="BlockViewHandler" path="*" verb="*" type="System.Web.HttpNotFoundHandler" />';
    expect(typesWith(views)).toEqual({ types: { clear: true }, said: [] });
  });

  it.each([
    ['the handler of files stands first', staticFile + core],
    ['the handler is for other methods', core.replace('verb="*"', 'verb="OPTIONS, TRACE"')],
    ['the handler needs the right to execute', core.replace('path="*"', 'path="*.dll" requireAccess="Execute"')],
    ['the handler is for URLs without an extension', core.replace('path="*"', 'path="*."')],
    ['the extension has no type', core.replace('path="*"', 'path="*.php"')],
    ['handlers are only removed', '<clear /><remove name="WebDAV" />'],
  ])('are no matter where %s', (_what, handlers) => {
    expect(typesWith(handlers)).toEqual({ types: undefined, said: [] });
  });
});
