// The mod_rewrite table of the manual (docs/coming-from-arr.md): what does not depend on the rule is taken from where
// directives are converted, the rest is told here and tested.
import { markdownTable } from '../fidelity-page.ts';
import { flagNote } from './flag-notes.ts';
import { FLAG_NAMES } from './flags.ts';

const BY_HAND: readonly (readonly [string, string, string])[] = [
  ['`RewriteRule pattern target`', 'exact', 'a rule `Imported Rule N`; without `NC` it has `ignoreCase: false`'],
  ['`^/…` in a `.conf` file', 'exact', 'without the slash; a target that relied on it gains one'],
  ['`^/…` in an `.htaccess` file', 'approximated', 'without the slash; Apache never matches it there'],
  ['`!pattern`', 'exact', '`negate: true`'],
  ['`$N`, `%N`', 'exact', '`{R:N}`, `{C:N}`; a group that is not there is empty'],
  [
    '`%{VAR}`, `%{HTTP:X-Y}`',
    'exact',
    '`{VAR}`, `{HTTP_X_Y}`; `%{REQUEST_URI}` is `{URL}`; times, `SSL:`, `LA-U:` and `ENV:` are unsupported',
  ],
  ['target `-`', 'exact', 'action None'],
  ['target with a host, without `R` and `P`', 'exact', 'action Redirect, `Found`'],
  ['target with `?`', 'exact', '`appendQueryString: false`, unless `QSA`'],
  [
    'a rewrite in an `.htaccess` file',
    'approximated',
    'Apache runs the rules once more on what they rewrote; here they run once',
  ],
  [
    '`RewriteCond text pattern`',
    'exact',
    'a condition; `-f` and `-d` are IsFile and IsDirectory, `=text` is a pattern',
  ],
  ['`-F -h -l -L -s -U -x`, `<`, `>`, `-eq` …, `expr`', 'unsupported', 'the rule is written with `enabled: false`'],
  ['`[OR]`', 'exact', '`logicalGrouping: MatchAny`; mixed with AND it is unsupported'],
  ['`RewriteBase`', 'approximated', 'a location with that path; `/` is exact'],
  ['`RewriteMap txt:FILE`', 'approximated', 'its entries become `rewriteMaps`'],
  ['`RewriteMap int:tolower`, `escape`, `unescape`', 'exact', '`{ToLower:…}`, `{UrlEncode:…}`, `{UrlDecode:…}`'],
  ['other maps', 'unsupported', 'rules that use them are written with `enabled: false`'],
  ['`RewriteEngine off`', 'exact', 'the rules are written with `enabled: false`'],
  ['`<IfModule mod_rewrite.c>`', 'exact', 'taken; with another module it is approximated'],
  ['`<VirtualHost>`, `<Directory>`', 'approximated', 'rules are taken for every host, and for the folder of the site'],
  [
    '`[R]`, `[R=301]`, `[R=303]`, `[R=307]`',
    'exact',
    'action Redirect; without `L` it is approximated: a redirect ends the rules',
  ],
  ['`[R=4xx]`, `[R=5xx]`', 'exact', 'action CustomResponse'],
  ['`[R=308]` and others', 'unsupported', 'the rule is written with `enabled: false`'],
  [
    '`[C]`, `[S=N]`',
    'exact',
    'a rule that matched sets a variable, and the others have a condition on it; among `OR` conditions unsupported',
  ],
  ['other directives', 'unsupported', 'passed over, with what does their work here'],
];

/** In Markdown. */
export function directiveTable(): string {
  const flags = FLAG_NAMES.flatMap((name) => {
    const fate = flagNote({ name, value: null });
    if (fate === null) return []; // C, R and S: see above
    return [
      [
        `\`[${name}]\``,
        fate.verdict,
        fate.fatal ? `${fate.note}; the rule is written with \`enabled: false\`` : fate.note,
      ],
    ];
  });
  return markdownTable(['Apache', 'fidelity', 'here'], [...BY_HAND, ...flags]);
}
