// What becomes of each flag of a RewriteRule.
import type { FidelityVerdict } from '../../../model/fidelity-row.ts';
import type { Flag } from './flags.ts';

export interface FlagNote {
  verdict: FidelityVerdict;
  note: string;
  /** Without it the rule would do something else: it is written switched off. */
  fatal?: boolean;
}

const exact: FlagNote = { verdict: 'exact', note: '' };
const harmless = (note: string): FlagNote => ({ verdict: 'approximated', note });
const lost = (note: string): FlagNote => ({ verdict: 'unsupported', note });

/** Flags whose meaning does not depend on the rest of the rule. C, S and R are looked at where rules are converted. */
const NOTES: Readonly<Record<string, FlagNote>> = {
  ...{ L: exact, END: exact, NC: exact, QSA: exact, QSD: exact, F: exact, G: exact, P: exact },
  PT: harmless('passed over: the rewritten URL is always looked at again'),
  NE: harmless('passed over: escapes and # written in a redirect are kept anyway'),
  NS: harmless('passed over: there are no subrequests'),
  DPI: harmless('passed over: there is no path info'),
  B: harmless('what groups bring into a query is escaped with {UrlEncode:…}; paths are escaped anyway'),
  BNP: harmless('passed over: a blank is always %20'),
  BCTLS: harmless('passed over: paths are escaped anyway'),
  BNE: lost('what is escaped cannot be chosen'),
  UNC: harmless('passed over'),
  UNSAFEALLOW3F: harmless('passed over: a ? that came escaped stays data'),
  UNSAFEPREFIXSTAT: harmless('passed over'),
  N: { ...lost('rules run once: write the repetition into the pattern'), fatal: true },
  QSL: { ...lost('the first ? begins the query'), fatal: true },
  E: lost('set a variable with serverVariables, or a request header as HTTP_NAME'),
  CO: lost('set the cookie with an outbound rule on RESPONSE_Set_Cookie'),
  T: lost('write the type as staticContent.mimeMap of the site'),
  H: lost('there are no handlers'),
};

const REDIRECTS_OF_HEADERS = /^HTTP_AUTHORIZATION:%\{HTTP:Authorization\}$/i;

/** Null for C, S and R. */
export function flagNote({ name, value }: Flag): FlagNote | null {
  if (name === 'E' && REDIRECTS_OF_HEADERS.test(value ?? ''))
    return harmless('passed over: the header reaches the server anyway');
  return Object.hasOwn(NOTES, name) ? NOTES[name]! : null;
}
