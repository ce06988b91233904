import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../kit/imported-files.ts';
import { narrows } from '../kit/narrows-command.ts';
import { WHOLE_SERVER } from '../kit/whole-server.ts';

const SITE = `<configuration><system.webServer><rewrite><rules>
  <rule name="a"><match url="^a$" /><action type="Redirect" url="/b" /></rule>
</rules></rewrite></system.webServer></configuration>`;

describe('narrows import-iis', () => {
  it('writes a configuration that loads, with a report and a summary', async () => {
    const folder = folderOf(WHOLE_SERVER);
    const [host, out, report] = ['applicationHost.config', 'out.yaml', 'rows.json'].map((name) => join(folder, name));
    const options = ['--map', `C:\\inetpub=${folder}`, '--skip-https', '-o', out!, '--report', report!];
    const { code, stdout, stderr } = await narrows(['import-iis', host!, ...options]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/\n\d+ exact, \d+ approximated, \d+ unsupported\n$/);
    expect(stderr).toContain(`${host}:24: approximated: compatibility/retries: `);
    expect(stderr).not.toContain('warning: unlike ARR'); // it is said once
    const rows = JSON.parse(readFileSync(report!, 'utf8')) as Record<string, unknown>[];
    expect(rows.length).toBeGreaterThan(200);
    expect(Object.keys(rows[0]!)).toEqual(['file', 'line', 'path', 'verdict', 'note']);
    expect(await narrows(['check', '-c', out!])).toMatchObject({ code: 0 });
  });

  it('ends with 1 for what is unsupported where --strict is given, and for what IIS would refuse', async () => {
    const folder = folderOf({
      'web.config': SITE,
      'lost.config': SITE.replace(
        '<rewrite>',
        '<security><authentication><windowsAuthentication enabled="true" /></authentication></security><rewrite>',
      ),
      'bad.config': SITE.replace('name="a"', 'nam="a"'),
    });
    const run = (name: string, ...options: string[]) => narrows(['import-iis', join(folder, name), ...options]);
    expect((await run('web.config', '--strict')).code).toBe(0);
    expect((await run('lost.config')).code).toBe(0);
    expect((await run('lost.config', '--strict')).code).toBe(1);
    const bad = await run('bad.config');
    expect([bad.code, bad.stdout]).toEqual([1, '']);
    expect(bad.stderr).toContain(`${join(folder, 'bad.config')}:2:9: error: <rule> has no attribute nam`);
  });

  it('takes several files, each web.config as a site of its own', async () => {
    const folder = folderOf({ 'one/web.config': SITE, 'two/web.config': SITE, 'out/x': '' });
    const files = ['one', 'two'].map((name) => join(folder, name, 'web.config'));
    const out = join(folder, 'out', 'narrows.yaml');
    const { code, stderr } = await narrows(['import-iis', ...files, '-o', out]);
    expect(code).toBe(0);
    expect(stderr).toContain('write them instead of two');
    expect(readFileSync(out, 'utf8')).toContain('bindings: [ "*:8080:two" ]');
    expect(await narrows(['check', '-c', out])).toMatchObject({ code: 0 });
    const explained = await narrows(['explain', '-c', out, '--url', 'http://two:8080/a']);
    expect(explained.stdout).toContain('http://two:8080/b');
  });

  it('writes what cannot run here, and says so', async () => {
    const folder = folderOf({ 'web.config': SITE.replace('^a$', '^(?>a)$') });
    const { code, stdout, stderr } = await narrows(['import-iis', join(folder, 'web.config')]);
    expect(code).toBe(0);
    expect(stdout).toContain('# unsupported: check: rule "a"');
    expect(stderr).toContain(`${join(folder, 'web.config')}:2: unsupported: check: rule "a"`);
  });
});
