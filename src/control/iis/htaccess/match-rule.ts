// The pattern of a RewriteRule → the match of a rule. Where it cannot be written without the leading slash that the
// server's rules see, a condition on {URL} does its work.
import { convertPattern, countGroups } from './convert-pattern.ts';
import { withoutLeadingSlash } from './leading-slash.ts';
import type { ParsedRule } from './read-directives.ts';

export interface RuleMatch {
  url: string;
  ignoreCase: boolean;
  negate: boolean;
  /** Groups that the substitution may name. */
  ruleGroups: number;
  ruleLetter: 'R' | 'C';
  slashes: ReadonlySet<number>;
  condition: Record<string, string | boolean> | null;
}

/** @throws NotConvertible */
export function matchRule({ pattern: written, flags, ofServer, conditions, substitution }: ParsedRule): RuleMatch {
  const negate = written.startsWith('!');
  const noCase = flags.some(({ name }) => name === 'NC');
  const { pattern, ignoreCase, groups } = convertPattern(negate ? written.slice(1) : written, noCase);
  const plain = { ignoreCase, negate, ruleGroups: negate ? -1 : groups, ruleLetter: 'R' as const, condition: null };
  // In the file of a folder nothing matches a leading slash: whoever writes one means the path of the server.
  if (!ofServer && !/^\^\/(?![?*])/.test(pattern)) return { ...plain, url: pattern, slashes: new Set() };
  const stripped = withoutLeadingSlash(pattern);
  const wholeMatch = /\$0/.test([substitution, ...conditions.map(({ input }) => input)].join(' '));
  const zeroIsSafe = stripped?.slashes.has(0) || !stripped?.pattern.includes('(?:^|/)');
  if (stripped !== null && (zeroIsSafe || !wholeMatch)) {
    countGroups(stripped.pattern);
    return { ...plain, url: stripped.pattern, slashes: stripped.slashes };
  }
  return {
    ...plain,
    url: '^',
    negate: false,
    ruleLetter: 'C',
    slashes: new Set(),
    condition: { input: '{URL}', pattern, ...(ignoreCase ? {} : { ignoreCase }), ...(negate ? { negate } : {}) },
  };
}
