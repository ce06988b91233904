// Files of IIS run as they are: an applicationHost.config and the web.config files in the folders of its sites, whose
// changes count at once (CONTRACT 1 and 2).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkConfig, createRouter, explainConfig, type Router } from '../../src/index.ts';
import { EventLog } from '../kit/event-log.ts';
import { folderWith, webConfig } from '../kit/iis-sample.ts';
import { stopRouter } from '../kit/stop-router.ts';

const HOST = `<configuration><system.applicationHost><sites><site name="main" id="1">
  <application path="/"><virtualDirectory path="/" physicalPath="%SystemDrive%\\inetpub\\wwwroot"/></application>
  <bindings><binding protocol="http" bindingInformation="*:8099:"/></bindings>
</site></sites></system.applicationHost></configuration>`;

/** Every request is redirected to the name. */
const redirects = (name: string) =>
  webConfig(`<rewrite><rules><rule name="${name}" stopProcessing="true"><match url=".*"/>
    <action type="Redirect" url="/${name}" redirectType="Found"/></rule></rules></rewrite>`);

let folder: string;
let router: Router;
let log: EventLog;

beforeEach(async () => {
  folder = folderWith({ 'applicationHost.config': HOST, 'inetpub/wwwroot/sub/': '' });
  log = new EventLog();
  router = createRouter(
    { file: join(folder, 'applicationHost.config') },
    { logger: log, workers: 0, listen: ['127.0.0.1:0'], pathMap: { 'C:\\inetpub': join(folder, 'inetpub') } },
  );
  await router.start();
});

afterEach(async () => {
  await stopRouter(router, null);
  rmSync(folder, { recursive: true });
});

async function answerOf(path: string): Promise<string> {
  const { url } = router.status().listeners[0]!;
  const response = await fetch(new URL(path, url), { redirect: 'manual' });
  return `${response.status} ${response.headers.get('location')?.replace(/^http:\/\/[^/]+/, '') ?? ''}`.trim();
}

/** What has been done to the files is in force. */
async function reloaded(change: () => void): Promise<void> {
  const before = router.status().snapshot.id;
  change();
  while (router.status().snapshot.id === before) await new Promise((resolve) => setImmediate(resolve));
}

const file = (name: string) => join(folder, 'inetpub/wwwroot', name);

describe('a web.config in a folder of a site', () => {
  it('applies once it is there, and when it changes, and no longer once it is gone', async () => {
    expect(await answerOf('/sub/x')).toBe('404');
    await reloaded(() => writeFileSync(file('web.config'), redirects('root')));
    expect(await answerOf('/sub/x')).toBe('302 /root');
    await reloaded(() =>
      writeFileSync(file('sub/web.config'), redirects('below').replace('<rules>', '<rules><clear/>')),
    );
    expect([await answerOf('/sub/x'), await answerOf('/x')]).toEqual(['302 /below', '302 /root']);
    await reloaded(() => writeFileSync(file('web.config'), redirects('changed')));
    expect([await answerOf('/sub/x'), await answerOf('/x')]).toEqual(['302 /below', '302 /changed']);
    await reloaded(() => rmSync(file('sub/web.config')));
    expect(await answerOf('/sub/x')).toBe('302 /changed');
  });

  it('that comes with a new folder counts, also when the folder goes and comes again', async () => {
    await reloaded(() => writeFileSync(file('web.config'), redirects('root')));
    for (const name of ['new', 'newer']) {
      await reloaded(() => {
        mkdirSync(file('new'));
        writeFileSync(file('new/web.config'), redirects(name).replace('<rules>', '<rules><clear/>'));
      });
      expect(await answerOf('/new/x')).toBe(`302 /${name}`);
      await reloaded(() => rmSync(file('new'), { recursive: true }));
      expect(await answerOf('/new/x')).toBe('302 /root');
    }
  });

  it('that is malformed is refused with its place, and what was in force stays', async () => {
    await reloaded(() => writeFileSync(file('web.config'), redirects('root')));
    writeFileSync(file('web.config'), redirects('root').replace('</rules>', ''));
    await expect(router.reload()).rejects.toMatchObject({
      errors: [
        { file: file('web.config'), line: 3, message: expect.stringContaining('</rewrite> stands where <rules>') },
      ],
    });
    expect(await answerOf('/')).toBe('302 /root');
  });
});

describe('a configuration that a program gives as an object', () => {
  it('has the web.config files in the folders of its sites too, with places in those files', async () => {
    const www = folderWith({ 'web.config': redirects('root') });
    const config = { sites: { main: { root: www } } };
    expect(await explainConfig(config, { url: 'http://a/' })).toMatchObject({ outcome: { location: 'http://a/root' } });
    writeFileSync(join(www, 'web.config'), redirects('root').replace('type="Redirect"', 'type="Redirct"'));
    expect(await checkConfig(config)).toMatchObject([{ file: join(www, 'web.config'), line: 3 }]);
    expect(await checkConfig({ sites: { main: { root: www, webConfig: false } } })).toEqual([]);
  });
});
