// Whatever directives a file has: the import does not fail, and what it writes is a configuration without errors.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConfigError, checkConfig, importHtaccessFiles } from '../../src/index.ts';
import { folderOf } from '../kit/imported-files.ts';

const pattern = fc.constantFrom(
  ...[
    '^a(.*)$',
    '^/a(b)(c)?',
    '(.*)',
    '!^x',
    '.',
    '^',
    '/x/(\\d+)',
    '[[:alpha:]]+',
    '^(/a|/b)$',
    '(?i)q',
    'a{',
    '(',
    '^$',
  ],
);
const text = fc.constantFrom(
  ...['-', '/b', 'c?x=$1', '/d/%1/$2', 'http://o.example/$1', '%{REQUEST_URI}', '${m:$1|none}', '${low:%2}', '?', '{'],
  ...[
    'https://%{HTTP_HOST}%{REQUEST_URI}',
    '%{REQUEST_SCHEME}://x',
    '%{TIME}',
    '\\$1',
    '$0',
    '%0',
    '${no:x}',
    'balancer://f/x',
  ],
);
const flags = fc
  .uniqueArray(
    fc.constantFrom(
      'L',
      'R',
      'R=301',
      'R=404',
      'R=399',
      'F',
      'G',
      'P',
      'NC',
      'QSA',
      'QSD',
      'C',
      'S=1',
      'S=2',
      'N',
      'B',
      'E=x:y',
    ),
  )
  .map((list) => (list.length === 0 ? '' : ` [${list.join(',')}]`));
const test = fc.constantFrom(
  ...['^(a)(b)?$', '!^(x)', '-f', '!-d', '-l', '=', '=a{b', '>5', '^$', '(', '(.)(.)(.)', '.*'],
);
const orFlag = fc.constantFrom('', ' [OR]', ' [NC]', ' [NC,OR]');
const condition = fc
  .tuple(text, test, orFlag)
  .map(([input, wanted, flag]) => `RewriteCond ${input} ${wanted}${flag}\n`);
const rule = fc
  .tuple(fc.array(condition, { maxLength: 3 }), pattern, text, flags)
  .map(([conditions, match, to, flag]) => `${conditions.join('')}RewriteRule ${match} ${to}${flag}\n`);
const file = fc
  .array(rule, { maxLength: 4 })
  .map((rules) => `RewriteMap m txt:m\nRewriteMap low int:tolower\n${rules.join('')}`);

it('gives a configuration without errors', { timeout: 60_000 }, async () => {
  const folder = folderOf({ m: 'k v\n' });
  await fc.assert(
    fc.asyncProperty(file, fc.constantFrom('.htaccess', 'a.conf'), async (directives, name) => {
      writeFileSync(join(folder, name), directives);
      const out = join(folder, 'out.yaml');
      writeFileSync(out, importHtaccessFiles([join(folder, name)], out).yaml);
      const problems = await checkConfig({ file: out });
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it('of any text says what is wrong, or succeeds', () => {
  const folder = folderOf({});
  const lines = fc.array(
    fc.oneof(fc.string(), fc.constantFrom('RewriteRule', 'RewriteCond', '<IfModule x>', '"', '\\', '\n', ' ')),
  );
  fc.assert(
    fc.property(lines, (parts) => {
      writeFileSync(join(folder, 'x'), parts.join(''));
      try {
        importHtaccessFiles([join(folder, 'x')]);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});
