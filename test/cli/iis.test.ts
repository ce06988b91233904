import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, webConfig } from '../kit/iis-sample.ts';
import { narrows } from '../kit/narrows-command.ts';

const HOST = `<configuration><system.applicationHost><sites><site name="main" id="1">
  <application path="/"><virtualDirectory path="/" physicalPath="C:\\inetpub\\www"/></application>
  <bindings><binding protocol="http" bindingInformation="*:80:"/>
    <binding protocol="https" bindingInformation="*:443:www.example.com"/></bindings>
</site></sites></system.applicationHost></configuration>`;

const REDIRECT = webConfig(
  '<rewrite><rules><rule name="old"><match url="^old/(.*)"/><action type="Redirect" url="/new/{R:1}"/></rule></rules></rewrite>',
);

const folder = folderWith({ 'applicationHost.config': HOST, 'inetpub/www/web.config': REDIRECT });
const host = join(folder, 'applicationHost.config');
const web = join(folder, 'inetpub/www/web.config');
const map = `C:\\inetpub=${join(folder, 'inetpub')}`;

describe('a file of IIS on the command line', () => {
  it('is checked with its faults in their places', async () => {
    const { code, stdout } = await narrows(['check', '-c', host]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `${host}:2:66: error: C:\\inetpub\\www is a path of another machine, say where it is: --map`,
    );
    expect(stdout).toContain(`${host}:4:51: error: the https binding of www.example.com has no certificate here`);
  });

  it('has its folders mapped, and its https bindings skipped where that is asked for', async () => {
    const { code, stdout } = await narrows(['check', '-c', host, '--map', map, '--skip-https']);
    expect(code).toBe(0);
    expect(stdout).toContain(`${host}:4:51: warning: the https binding of www.example.com`);
  });

  it('of which nothing can be opened is said to be of no use for run', async () => {
    const noHttp = HOST.replace(
      /<binding protocol="http" .*?>/,
      '<binding protocol="net.tcp" bindingInformation="808:*"/>',
    );
    const files = folderWith({ 'applicationHost.config': noHttp, 'inetpub/www/web.config': REDIRECT });
    const options = ['-c', join(files, 'applicationHost.config'), '--map', map, '--skip-https'];
    const checked = await narrows(['check', ...options]);
    expect(checked.stdout).toContain('no listener can be opened, so `narrows run` does not start');
    const started = await narrows(['run', ...options]);
    expect([started.code, started.stderr]).toEqual([1, expect.stringContaining('no listener can be opened')]);
  });

  it('is explained without certificates, and with the web.config in the folder of its site', async () => {
    const url = 'https://www.example.com/old/a';
    const { code, stdout } = await narrows(['explain', '-c', host, '--map', map, '--url', url, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: { kind: 'redirect', status: 301, location: 'https://www.example.com/new/a' },
    });
  });

  it('may be a web.config, which is one site on the default listener', async () => {
    const { stdout } = await narrows(['explain', '-c', web, '--url', 'http://127.0.0.1:8080/old/a', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: { location: 'http://127.0.0.1:8080/new/a' } });
  });

  it('needs a folder behind each path that is mapped', async () => {
    const { code, stderr } = await narrows(['check', '-c', host, '--map', 'C:\\inetpub']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("Expected PATH=FOLDER such as 'C:\\inetpub=/srv/www'."),
    ]);
  });
});
