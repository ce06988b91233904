import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fidelityTables } from './fidelity-page.ts';
import { directiveTable } from './htaccess/directive-page.ts';
import { importHtaccess } from './htaccess/import-htaccess.ts';
import { withFidelityTables } from './manual-tables.ts';

const page = readFileSync(new URL('../../../docs/coming-from-arr.md', import.meta.url), 'utf8');

/** Cells of the rows of a Markdown table. */
function cells(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) => line.slice(2, -2).split(' | '));
}

describe('the fidelity tables of the manual', () => {
  it('are current (npm run docs)', () => {
    expect(withFidelityTables(page)).toBe(page);
    expect(() => withFidelityTables('# Nothing')).toThrow('no marks');
  });

  it('name what is not exact, with what is so instead', () => {
    const rows = cells(fidelityTables());
    expect(rows).toContainEqual(['`rewrite/globalRules`', expect.stringMatching(/^all \d+$/), 'exact', '']);
    expect(rows.filter((row) => /unsupported|approximated/.test(row.at(-2)!) && row.at(-1)!.length < 8)).toEqual([]);
    expect(rows.length).toBeGreaterThan(60);
  });
});

/** A directive for each row that is written by hand, and the row of the report that speaks of it. */
const SAMPLES: Record<string, [text: string, path: string, file?: string]> = {
  '`RewriteRule pattern target`': ['RewriteRule ^a$ - ', 'RewriteRule'],
  '`^/…` in a `.conf` file': ['RewriteRule ^/a$ /b', 'RewriteRule', 'a.conf'],
  '`^/…` in an `.htaccess` file': ['RewriteRule ^/a$ /b', 'RewriteRule'],
  '`!pattern`': ['RewriteRule !a /b', 'RewriteRule'],
  '`$N`, `%N`': ['RewriteRule ^(a) /$1%1$9', 'RewriteRule'],
  '`%{VAR}`, `%{HTTP:X-Y}`': ['RewriteRule a /%{HTTP_HOST}%{HTTP:X-Y}', 'RewriteRule'],
  'target `-`': ['RewriteRule a -', 'RewriteRule'],
  'target with a host, without `R` and `P`': ['RewriteRule a http://b/', 'RewriteRule'],
  'target with `?`': ['RewriteRule a /b?c', 'RewriteRule'],
  'a rewrite in an `.htaccess` file': ['RewriteRule a /b', 'rewrite in a folder'],
  '`RewriteCond text pattern`': ['RewriteCond %{REQUEST_FILENAME} -f\nRewriteRule a -', 'RewriteCond'],
  '`-F -h -l -L -s -U -x`, `<`, `>`, `-eq` …, `expr`': ['RewriteCond a -l\nRewriteRule a -', 'RewriteCond'],
  '`[OR]`': ['RewriteCond %{HTTPS} a [OR]\nRewriteCond %{HTTPS} b\nRewriteRule a -', 'RewriteCond [OR]'],
  '`RewriteBase`': ['RewriteBase /a', 'RewriteBase'],
  '`RewriteMap txt:FILE`': ['RewriteMap m txt:m', 'RewriteMap m'],
  '`RewriteMap int:tolower`, `escape`, `unescape`': ['RewriteMap m int:escape', 'RewriteMap m'],
  'other maps': ['RewriteMap m prg:m', 'RewriteMap m'],
  '`RewriteEngine off`': ['RewriteEngine off', 'RewriteEngine'],
  '`<IfModule mod_rewrite.c>`': ['<IfModule mod_rewrite.c>\n</IfModule>', '<IfModule>'],
  '`<VirtualHost>`, `<Directory>`': ['<VirtualHost *:80>\n</VirtualHost>', '<VirtualHost>', 'a.conf'],
  '`[R]`, `[R=301]`, `[R=303]`, `[R=307]`': ['RewriteRule a /b [R=303]', 'RewriteRule [R=303]'],
  '`[R=4xx]`, `[R=5xx]`': ['RewriteRule a - [R=404]', 'RewriteRule [R=404]'],
  '`[R=308]` and others': ['RewriteRule a /b [R=308]', 'RewriteRule [R=308]'],
  '`[C]`, `[S=N]`': ['RewriteRule a - [S=1]', 'RewriteRule [S=1]'],
  'other directives': ['ErrorDocument 404 /x', 'ErrorDocument'],
};

describe('the mod_rewrite table', () => {
  const rows = cells(directiveTable());

  it.each(rows.map(([name, verdict]) => [name!, verdict!]))('says of %s what the report says', (name, verdict) => {
    const flag = /^`\[([A-Z0-9]+)\]`$/.exec(name)?.[1];
    const ofFlag = [`RewriteRule ^a$ http://b/ [${flag}]`, `RewriteRule [${flag}]`] as const;
    const [text, path, file = '.htaccess'] = SAMPLES[name] ?? ofFlag;
    const { rows: found } = importHtaccess([{ file, text }], { readBeside: () => 'k v', folderOf: () => '.' });
    expect(found.find((row) => row.path === path)?.verdict).toBe(verdict);
  });

  it('is tested as a whole', () => {
    expect(rows.filter(([name]) => name! in SAMPLES)).toHaveLength(Object.keys(SAMPLES).length);
  });
});
