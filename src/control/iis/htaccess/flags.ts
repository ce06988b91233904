// The flags of RewriteRule and RewriteCond, as `[R=301,NC,L]`: long names become the short ones.
import { closestWord } from '../../../base/closest-word.ts';
import type { LocatedProblem } from '../../../model/config-error.ts';
import { fault, type Word } from './tokenise.ts';

export interface Flag {
  /** Short and upper-case. */
  name: string;
  /** What stands after `=`; null without one. */
  value: string | null;
}

const RULE_FLAGS: Readonly<Record<string, string>> = {
  ...{
    B: 'B',
    BNP: 'BNP',
    BACKREFNOPLUS: 'BNP',
    BCTLS: 'BCTLS',
    BNE: 'BNE',
    C: 'C',
    CHAIN: 'C',
    CO: 'CO',
    COOKIE: 'CO',
  },
  ...{ DPI: 'DPI', DISCARDPATH: 'DPI', E: 'E', ENV: 'E', END: 'END', F: 'F', FORBIDDEN: 'F', G: 'G', GONE: 'G' },
  ...{ H: 'H', HANDLER: 'H', L: 'L', LAST: 'L', N: 'N', NEXT: 'N', NC: 'NC', NOCASE: 'NC', NE: 'NE', NOESCAPE: 'NE' },
  ...{ NS: 'NS', NOSUBREQ: 'NS', P: 'P', PROXY: 'P', PT: 'PT', PASSTHROUGH: 'PT', QSA: 'QSA', QSAPPEND: 'QSA' },
  ...{ QSD: 'QSD', QSDISCARD: 'QSD', QSL: 'QSL', QSLAST: 'QSL', R: 'R', REDIRECT: 'R', S: 'S', SKIP: 'S' },
  ...{ T: 'T', TYPE: 'T', UNSAFEALLOW3F: 'UNSAFEALLOW3F', UNSAFEPREFIXSTAT: 'UNSAFEPREFIXSTAT', UNC: 'UNC' },
};
/** The short names of the flags of RewriteRule. */
export const FLAG_NAMES: readonly string[] = [...new Set(Object.values(RULE_FLAGS))];

const CONDITION_FLAGS: Readonly<Record<string, string>> = {
  ...{ NC: 'NC', NOCASE: 'NC', OR: 'OR', ORNEXT: 'OR', NV: 'NV', NOVARY: 'NV' },
};

export function ruleFlags(word: Word | undefined, problems: LocatedProblem[]): Flag[] {
  return readFlags(word, RULE_FLAGS, problems);
}

export function conditionFlags(word: Word | undefined, problems: LocatedProblem[]): Flag[] {
  return readFlags(word, CONDITION_FLAGS, problems);
}

/** The flag as it is written in reports. */
export function shownFlag({ name, value }: Flag): string {
  return `[${name}${value === null ? '' : `=${value}`}]`;
}

function readFlags(
  word: Word | undefined,
  known: Readonly<Record<string, string>>,
  problems: LocatedProblem[],
): Flag[] {
  if (word === undefined) return [];
  const inner = /^\[(.*)\]$/s.exec(word.text)?.[1];
  if (inner === undefined) {
    fault(problems, word.place, `flags are written in brackets, got ${word.text}`, 'such as [R=301,L], without blanks');
    return [];
  }
  const flags: Flag[] = [];
  for (const written of inner.split(',').map((each) => each.trim())) {
    const [, name = '', value = null] = /^([^=]*)(?:=(.*))?$/s.exec(written) ?? [];
    const short = Object.hasOwn(known, name.toUpperCase()) ? known[name.toUpperCase()] : undefined;
    if (short !== undefined) flags.push({ name: short, value });
    else {
      const near = closestWord(name, Object.keys(known));
      const advice = near ? `did you mean ${near}?` : undefined;
      fault(problems, word.place, name === '' ? 'an empty flag' : `there is no flag [${written}]`, advice);
    }
  }
  return flags;
}
