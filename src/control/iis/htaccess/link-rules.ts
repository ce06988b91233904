// Flags C (chain) and S (skip) tie rules to the ones that follow. Here a rule that matched sets a variable, and the
// others have a condition on it, which says the same.
import type { FlagNote } from './flag-notes.ts';
import type { ParsedRule } from './read-directives.ts';

export interface RuleLink {
  /** Variable that the rule sets when it matched. */
  sets: string | null;
  /** Variable that must be set: the rule before it in the chain matched. */
  needs: string | null;
  /** Variables that must not be set: a rule that skips this one matched. */
  forbids: string[];
  notes: Record<'C' | 'S', FlagNote>;
}

/** @param first number of the first rule */
export function linkRules(rules: readonly ParsedRule[], first: number): RuleLink[] {
  const variables = rules.map((_rule, index) => `RULE_${first + index}_MATCHED`);
  const links = rules.map((): RuleLink => ({ sets: null, needs: null, forbids: [], notes: { C: CHAINED, S: SKIPS } }));
  rules.forEach(({ flags }, index) => {
    const link = links[index]!;
    if (flags.some(({ name }) => name === 'C') && index + 1 < rules.length) {
      link.sets = variables[index]!;
      links[index + 1]!.needs = variables[index]!;
    }
    const skip = flags.find(({ name }) => name === 'S');
    if (skip === undefined) return;
    const count = Number(skip.value ?? Number.NaN);
    if (!Number.isInteger(count) || count < 1) link.notes = { ...link.notes, S: { ...NO_COUNT, fatal: true } };
    else link.sets = variables[index]!;
    for (const skipped of links.slice(index + 1, index + 1 + (count || 0))) skipped.forbids.push(variables[index]!);
  });
  return links;
}

const CHAINED: FlagNote = { verdict: 'exact', note: 'the next rule has a condition on a variable that this one sets' };
const SKIPS: FlagNote = {
  verdict: 'exact',
  note: 'the skipped rules have a condition on a variable that this one sets',
};
const NO_COUNT: FlagNote = { verdict: 'unsupported', note: 'S needs a number of rules, as in [S=2]' };
