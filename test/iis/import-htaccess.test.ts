// Directives of mod_rewrite, imported and then asked what they do with requests (url-rewrite.md 20).
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/index.ts';
import { importedHtaccess } from '../kit/imported-files.ts';

/** Imports one file and returns the outcomes of the paths. */
async function outcomes(text: string, paths: readonly string[], name = '.htaccess'): Promise<string[]> {
  const { outcomeOf } = importedHtaccess({ [name]: text, 'there.html': 'x', 'folder/x': 'x', 'map.txt': MAP });
  return Promise.all(paths.map((path) => outcomeOf(new URL(path, 'http://www.example.com').href)));
}

const MAP = '# products\nbooks 1 # the first\nrecords   2\nbooks 3\n';

describe('the rules of an .htaccess file', () => {
  it.each([
    ['groups', 'RewriteRule ^old/(.*)$ /new/$1', '/old/x?q=1', 'rewrite /new/x?q=1'],
    ['a relative target', 'RewriteRule ^old/(.*)$ new/$1', '/old/x', 'rewrite /new/x'],
    ['letter case counts', 'RewriteRule ^Old$ /new', '/old', 'none'],
    ['unless NC says not', 'RewriteRule ^Old$ /new [NC]', '/old', 'rewrite /new'],
    ['R alone is 302', 'RewriteRule ^a$ /b [R,L]', '/a', 'redirect 302 http://www.example.com/b'],
    ['R=301', 'RewriteRule ^a$ /b [R=301,L]', '/a?q', 'redirect 301 http://www.example.com/b?q'],
    ['R=permanent', 'RewriteRule ^a$ /b [R=permanent]', '/a', 'redirect 301 http://www.example.com/b'],
    ['R=303', 'RewriteRule ^a$ /b [R=303]', '/a', 'redirect 303 http://www.example.com/b'],
    ['R=307', 'RewriteRule ^a$ /b [R=307]', '/a', 'redirect 307 http://www.example.com/b'],
    ['a whole URL redirects', 'RewriteRule ^a$ http://other.example/b', '/a', 'redirect 302 http://other.example/b'],
    ['F', 'RewriteRule ^a$ - [F]', '/a', 'customResponse 403'],
    ['G', 'RewriteRule ^a$ - [G]', '/a', 'customResponse 410'],
    ['R=404', 'RewriteRule ^a$ - [R=404]', '/a', 'customResponse 404'],
    ['- changes nothing', 'RewriteRule ^a$ - [L]\nRewriteRule .* /b', '/a', 'none'],
    ['without L the rules go on', 'RewriteRule ^a$ /b\nRewriteRule ^b$ /c', '/a', 'rewrite /c'],
    ['L ends them', 'RewriteRule ^a$ /b [L]\nRewriteRule ^b$ /c', '/a', 'rewrite /b'],
    ['a negated pattern', 'RewriteRule !^a$ /b$1', '/x', 'rewrite /b'],
    ['a query replaces', 'RewriteRule ^a$ /b?x=1', '/a?q=1', 'rewrite /b?x=1'],
    ['unless QSA adds', 'RewriteRule ^a$ /b?x=1 [QSA]', '/a?q=1', 'rewrite /b?x=1&q=1'],
    ['a bare ? drops it', 'RewriteRule ^a$ /b?', '/a?q=1', 'rewrite /b'],
    ['and so does QSD', 'RewriteRule ^a$ /b [QSD]', '/a?q=1', 'rewrite /b'],
    ['a slash that Apache never sees', 'RewriteRule ^/old/(.*)$ /new/$1', '/old/x', 'rewrite /new/x'],
    ['B escapes', 'RewriteRule ^a/(.*)$ /b?x=$1 [B]', '/a/1%26y=2', 'rewrite /b?x=1%26y%3D2'],
    ['what is escaped', 'RewriteRule ^a$ /b\\$1\\%', '/a', 'rewrite /b$1%25'],
    ['a pattern that can run away', 'RewriteRule ^(?!x)(a+)+$ /b', '/aaa', 'rewrite /b'],
    ['a group that is not there', 'RewriteRule ^a$ /b$7', '/a', 'rewrite /b'],
  ])('%s', async (_title, rule, path, expected) => {
    expect(await outcomes(`RewriteEngine on\n${rule}\n`, [path])).toEqual([expected]);
  });

  it.each([
    ['{HTTP_HOST}', '%{HTTP_HOST} !^www\\.', 'none'],
    ['a header', '%{HTTP:X-None} ^$', 'rewrite /b'],
    ['REQUEST_URI has no query', '%{REQUEST_URI} ^/a$', 'rewrite /b'],
    ['THE_REQUEST', '%{THE_REQUEST} "^GET /a\\?q=1 HTTP/1.1$"', 'rewrite /b'],
    ['REQUEST_SCHEME', '%{REQUEST_SCHEME} ^http$', 'rewrite /b'],
    ['=text', '%{QUERY_STRING} =q=1', 'rewrite /b'],
    ['=text is no pattern', '%{QUERY_STRING} =q..', 'none'],
    ['a second run that there is not', '%{ENV:REDIRECT_STATUS} ^$', 'rewrite /b'],
    ['or is asked for', '%{ENV:REDIRECT_STATUS} 200', 'none'],
    ['-f', '%{DOCUMENT_ROOT}/there.html -f', 'rewrite /b'],
    ['!-d', '%{DOCUMENT_ROOT}/folder !-d', 'none'],
    ['the rule comes first', '$0:%{REQUEST_METHOD} ^a:GET$', 'rewrite /b'],
  ])('conditions: %s', async (_title, condition, expected) => {
    expect(await outcomes(`RewriteCond ${condition}\nRewriteRule ^a$ /b?`, ['/a?q=1'])).toEqual([expected]);
  });

  it('take groups from the condition that matched last', async () => {
    const rules = `
      RewriteCond %{HTTP_HOST} ^(www)\\.(.+)\\.com$
      RewriteCond %1-%{QUERY_STRING} ^www-id=(\\d+)$
      RewriteCond %{HTTP_USER_AGENT} !bot
      RewriteRule ^(a|b)$ /$1/%1?
      RewriteCond %{HTTP_HOST} ^nothing(.*)$ [OR]
      RewriteCond %{REQUEST_URI} ^/c$
      RewriteRule ^c$ /d%1`;
    expect(await outcomes(rules, ['/a?id=7', '/a?id=x', '/c'])).toEqual(['rewrite /a/7', 'none', 'rewrite /d']);
  });

  it('are skipped and chained by variables', async () => {
    const rules = `
      RewriteRule ^s - [S=2]
      RewriteRule ^(s|t)$ /1
      RewriteRule ^(s|t)$ /2
      RewriteRule ^s$ /3 [L]
      RewriteRule ^c(.*)$ /chain$1 [C]
      RewriteRule ^chain1$ /linked [C]
      RewriteRule ^linked$ /end [L]
      RewriteRule ^linked$ /not-chained`;
    expect(await outcomes(rules, ['/s', '/t', '/c1', '/c2', '/linked'])).toEqual([
      'rewrite /3',
      'rewrite /1',
      'rewrite /end',
      'rewrite /chain2',
      'rewrite /not-chained',
    ]);
  });

  it('look into maps', async () => {
    const rules = `
      RewriteMap products txt:map.txt
      RewriteMap lower int:tolower
      RewriteRule ^p/(.*)$ /id/\${products:\${lower:$1}|none}
      RewriteCond \${products:$1} ^$
      RewriteRule ^q/(.*)$ /unknown`;
    expect(await outcomes(rules, ['/p/BOOKS', '/p/x', '/q/x', '/q/records'])).toEqual([
      'rewrite /id/1',
      'rewrite /id/none',
      'rewrite /unknown',
      'none',
    ]);
  });

  it('stand in a location where RewriteBase says so, and in folders below', async () => {
    const { outcomeOf, config } = importedHtaccess(
      {
        '.htaccess': 'RewriteRule ^a$ /root\nRewriteRule ^sub/b$ /root',
        'sub/.htaccess': 'RewriteRule ^a$ b [L]',
        'blog/.htaccess': 'RewriteBase /weblog/\nRewriteRule ^old$ new [R=301,L]',
      },
      ['.htaccess', 'sub/.htaccess', 'blog/.htaccess'],
    );
    expect(await outcomeOf('http://a/a')).toBe('rewrite /root');
    expect(await outcomeOf('http://a/sub/a')).toBe('rewrite /sub/b');
    expect(await outcomeOf('http://a/sub/b')).toBe('none'); // the file below takes the place of the one above
    expect(await outcomeOf('http://a/weblog/old')).toBe('redirect 301 http://a/weblog/new');
    expect(config).toMatchObject({
      sites: { default: { root: '.', virtualDirectories: { '/sub': 'sub', '/weblog': 'blog' } } },
    });
  });

  it('are proxied to other servers by P', () => {
    const { config } = importedHtaccess({ '.htaccess': 'RewriteRule ^app/(.*)$ http://127.0.0.1:81/$1 [P]' });
    expect(config).toEqual({
      vulnerablePatterns: 'limit',
      sites: {
        default: {
          root: '.',
          rules: [
            {
              name: 'Imported Rule 1',
              stopProcessing: true,
              match: { url: '^app/(.*)$', ignoreCase: false },
              action: { type: 'Rewrite', url: 'http://127.0.0.1:81/{R:1}' },
            },
          ],
        },
      },
      proxy: { enabled: true },
    });
  });
});

describe('the rules of a .conf file', () => {
  it.each([
    ['RewriteRule ^/old/(.*)$ /new/$1', '/old/x', 'rewrite /new/x'],
    ['RewriteRule ^(.*)$ http://other.example$1 [R]', '/x/y', 'redirect 302 http://other.example/x/y'],
    ['RewriteRule ^(.+)\\.htm$ $1.html', '/x.htm', 'rewrite /x.html'],
    ['RewriteRule ^/?$ /home', '/', 'rewrite /home'],
    ['RewriteRule /old/(.*) /new/$1', '/a/old/x', 'rewrite /new/x'],
    ['RewriteRule /old/(.*) /new/$1', '/old/x', 'rewrite /new/x'],
    ['RewriteRule ^old$ /new', '/old', 'none'],
    ['RewriteCond $1=%{HTTPS} ^(.*)=(off)\nRewriteRule /old/(.*) /%2/$1', '/a/old/x', 'rewrite /off/x'],
    ['<Directory /srv>\nRewriteRule ^old$ new\n</Directory>', '/old', 'rewrite /new'],
  ])('see paths with their slash: %s', async (rule, path, expected) => {
    expect(await outcomes(rule, [path], 'httpd.conf')).toEqual([expected]);
  });

  it('are rules of the router, or of a site where they look for files', () => {
    expect(importedHtaccess({ 'a.conf': 'RewriteRule ^/a$ /b' }).config).toHaveProperty('rules');
    const files = importedHtaccess({
      'a.conf': 'DocumentRoot /srv/www\nRewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f\nRewriteRule ^/a$ /b',
    });
    expect(files.config).toMatchObject({ sites: { default: { root: '/srv/www' } } });
    expect(files.config).not.toHaveProperty('rules');
  });
});

describe('the report', () => {
  const rowsOf = (text: string) =>
    importedHtaccess({ '.htaccess': text }).rows.map(({ line, path, verdict }) => `${line} ${path} ${verdict}`);

  it('has a row for each directive and flag', () => {
    const text = `<IfModule mod_rewrite.c>
RewriteEngine on
RewriteBase /
Options -MultiViews
RewriteCond %{HTTP_HOST} ^a$ [NC,OR]
RewriteCond %{HTTP_HOST} ^b$ [NV]
RewriteRule ^a$ /b [R=301,NE,L,CO=a:b:c]
</IfModule>
DirectoryIndex index.php`;
    expect(rowsOf(text)).toEqual([
      '1 <IfModule> exact',
      '2 RewriteEngine exact',
      '3 RewriteBase exact',
      '4 Options exact',
      '5 RewriteCond exact',
      '5 RewriteCond [NC] exact',
      '5 RewriteCond [OR] exact',
      '6 RewriteCond exact',
      '6 RewriteCond [NV] exact',
      '7 RewriteRule exact',
      '7 RewriteRule [R=301] exact',
      '7 RewriteRule [NE] approximated',
      '7 RewriteRule [L] exact',
      '7 RewriteRule [CO=a:b:c] unsupported',
      '9 DirectoryIndex unsupported',
    ]);
  });

  it.each([
    ['N', 'RewriteRule ^a$ /b [N]'],
    ['R=308', 'RewriteRule ^a$ /b [R=308]'],
    [
      'AND mixed with OR',
      'RewriteCond a{ x\nRewriteCond %{HTTPS} on [OR]\nRewriteCond %{HTTPS} on\nRewriteRule ^a$ /b',
    ],
    ['a test of links', 'RewriteCond %{REQUEST_FILENAME} -l\nRewriteRule ^a$ /b'],
    ['a comparison', 'RewriteCond %{SERVER_PORT} >80\nRewriteRule ^a$ /b'],
    ['an unknown variable', 'RewriteCond %{TIME_HOUR} 12\nRewriteRule ^a$ /b'],
    ['an unknown map', 'RewriteRule ^a$ /b/${nothing:x}'],
    ['a function that is not there', 'RewriteMap up int:toupper\nRewriteRule ^a$ /${up:x}'],
    ['a pattern of Perl', 'RewriteRule ^a++$ /b'],
    ['a brace', 'RewriteRule ^a$ /b{x}'],
    ['P without a URL', 'RewriteRule ^a$ /b [P]'],
    ['a balancer', 'RewriteRule ^a$ balancer://farm/b [P]'],
    ['S among ORs', 'RewriteRule ^a - [S=1]\nRewriteCond %{HTTPS} x [OR]\nRewriteCond %{HTTPS} y\nRewriteRule ^a /b'],
  ])('calls %s unsupported, and the rule is written switched off', async (_title, text) => {
    const { rows, yaml, outcomeOf } = importedHtaccess({ '.htaccess': text });
    expect(rows.some(({ path, verdict }) => path === 'RewriteRule' && verdict === 'unsupported')).toBe(true);
    expect(yaml).toContain('# unsupported: RewriteRule');
    expect(yaml).toContain('enabled: false');
    expect(await outcomeOf('http://a/a')).toBe('none');
  });

  it('says that files which <FilesMatch> kept from clients are sent', () => {
    const { rows } = importedHtaccess({ '.htaccess': '<FilesMatch "\\.inc$">\nRequire all denied\n</FilesMatch>' });
    expect(rows[0]).toMatchObject({
      verdict: 'unsupported',
      note: expect.stringContaining('are sent here; deny them'),
    });
  });

  it('says what differs', () => {
    const { rows } = importedHtaccess({ '.htaccess': 'RewriteRule ^a$ /b [R]\nRewriteRule ^b$ /c [PT]' });
    expect(rows.find(({ line, path }) => line === 1 && path === 'RewriteRule')).toMatchObject({
      verdict: 'approximated',
      note: 'Apache goes on with the rules after it; here a redirect ends them',
    });
  });

  it('says that rules are off where the engine is', async () => {
    const { yaml, outcomeOf } = importedHtaccess({ '.htaccess': 'RewriteEngine off\nRewriteRule ^a$ /b' });
    expect(yaml).toContain('enabled: false');
    expect(await outcomeOf('http://a/a')).toBe('none');
  });
});

describe('what Apache would refuse', () => {
  it.each([
    ['RewriteRule ^a$ /b [R=301, L]', 'RewriteRule takes a pattern, a substitution and flags, got 4 words'],
    ['RewriteRule ^a$', 'RewriteRule takes a pattern, a substitution and flags, got 1 words'],
    ['RewriteRule ^a$ "/b', 'the " is never closed'],
    ['RewriteRule ^a$ /b [R', 'flags are written in brackets, got [R'],
    ['RewriteRule ^a$ /%{HTTP_HOST', '%{HTTP_HOST has no closing brace'],
    ['<IfModule mod_rewrite.c>', '<IfModule> is never closed'],
    ['</IfModule>', '</IfModule> closes nothing that is open'],
  ])('is an error with its place: %s', (text, message) => {
    try {
      importedHtaccess({ '.htaccess': `\n${text}\n` });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).errors[0]).toMatchObject({ line: 2, severity: 'error', message });
    }
  });
});
