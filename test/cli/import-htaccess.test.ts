import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf } from '../kit/imported-files.ts';
import { narrows } from '../kit/narrows-command.ts';

const RULES = 'RewriteEngine on\nRewriteRule ^old/(.*)$ /new/$1 [R=301,NE,CO=a:b:c]\n';

describe('narrows import-htaccess', () => {
  it('prints YAML that loads, and a summary on stderr', async () => {
    const file = join(folderOf({ '.htaccess': RULES }), '.htaccess');
    const { code, stdout, stderr } = await narrows(['import-htaccess', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# yaml-language-server: \$schema=.*narrows\.schema\.json\n/);
    expect(stdout).toContain(`# from ${file}:2`);
    expect(stderr.split('\n')).toEqual([
      `${file}:2: unsupported: RewriteRule [CO=a:b:c]: set the cookie with an outbound rule on RESPONSE_Set_Cookie`,
      `${file}:2: approximated: RewriteRule [NE]: passed over: escapes and # written in a redirect are kept anyway`,
      '3 exact, 1 approximated, 1 unsupported',
      '',
    ]);
    const folder = folderOf({ 'narrows.yaml': stdout });
    expect((await narrows(['check', '-c', join(folder, 'narrows.yaml')])).code).toBe(0);
  });

  it('writes the YAML and the report into files, and overwrites only what it wrote itself', async () => {
    const folder = folderOf({ '.htaccess': RULES });
    const [file, out, json, text] = ['.htaccess', 'out.yaml', 'rows.json', 'rows.txt'].map((name) =>
      join(folder, name),
    );
    expect((await narrows(['import-htaccess', file!, '-o', out!, '--report', json!])).stdout).toBe('');
    expect(JSON.parse(readFileSync(json!, 'utf8'))).toContainEqual({
      file,
      line: 2,
      path: 'RewriteRule [R=301]',
      verdict: 'exact',
      note: '',
    });
    expect((await narrows(['import-htaccess', file!, '-o', out!, '--report', text!])).code).toBe(0);
    expect(readFileSync(text!, 'utf8')).toContain(`${file}:2: exact: RewriteRule [R=301]\n`);
    writeFileSync(out!, 'farms: {}\n');
    const { code, stderr } = await narrows(['import-htaccess', file!, '-o', out!]);
    expect([code, readFileSync(out!, 'utf8')]).toEqual([1, 'farms: {}\n']);
    expect(stderr).toContain('is there already, and no import wrote it');
    expect(readdirSync(folder).sort()).toEqual(['.htaccess', 'out.yaml', 'rows.json', 'rows.txt']);
  });

  it('ends with 1 where --strict is given and something is unsupported', async () => {
    const folder = folderOf({ a: RULES, b: 'RewriteRule ^a$ /b [NE]\n' });
    expect((await narrows(['import-htaccess', join(folder, 'a'), '--strict'])).code).toBe(1);
    expect((await narrows(['import-htaccess', join(folder, 'b'), '--strict'])).code).toBe(0);
  });

  it('names each fault with its place, and writes nothing', async () => {
    const folder = folderOf({ '.htaccess': 'RewriteRule ^a$\nRewriteRule ^a$ /b [X]\n' });
    const file = join(folder, '.htaccess');
    const { code, stdout, stderr } = await narrows(['import-htaccess', file, '-o', join(folder, 'out.yaml')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${file}:1:1: error: `);
    expect(stderr).toContain(`${file}:2:20: error: there is no flag [X]`);
    expect(readdirSync(folder)).toEqual(['.htaccess']);
    expect((await narrows(['import-htaccess', join(folder, 'none')])).stderr).toContain('there is no such file');
  });
});
