// The conditions of one rule, together: what they say to each other, and to the rule.
import type { Place } from '../../../model/config-node.ts';
import { type ConvertedCondition, convertCondition } from './convert-condition.ts';
import { NotConvertible } from './convert-pattern.ts';
import type { TextScope } from './convert-text.ts';
import type { ParsedCondition } from './read-directives.ts';

export interface PlacedSettings {
  place: Place;
  settings: Record<string, string | boolean>;
}

export interface ConvertedConditions {
  any: boolean;
  list: PlacedSettings[];
  /** Highest n of `%n` in the substitution; -1 where there is none. */
  groups: number;
  /** What `%n` is short of the n of {C:n}. */
  offset: number;
  /** A condition that never holds: the rule never applies. */
  never: boolean;
  /** One for each RewriteCond: what differs, or why it could not be converted. */
  outcomes: { notes: string[]; failure: string | null }[];
  /** Why all of them together could not be converted. */
  failure: string | null;
}

/** @param read whether the substitution names a group of the conditions */
export function convertConditions(
  conditions: readonly ParsedCondition[],
  scope: TextScope,
  read: boolean,
): ConvertedConditions {
  const ors = conditions.slice(0, -1).map(({ flags }) => flags.some(({ name }) => name === 'OR'));
  const any = ors.length > 0 && ors.every(Boolean);
  const mixed = !any && ors.some(Boolean);
  const failure = mixed ? 'AND and OR are mixed: write two rules, or one condition with | in its pattern' : null;
  const result: ConvertedConditions = { any, list: [], groups: -1, offset: 0, never: false, outcomes: [], failure };
  // Where the pattern of the rule is the first condition, its groups come first.
  let counted = scope.ruleLetter === 'C' && scope.ruleGroups >= 0 ? scope.ruleGroups : null;
  const constants: boolean[] = [];
  const converted: (ConvertedCondition & { place: Place })[] = [];
  for (const condition of conditions) {
    const outcome = attempt(condition, {
      ...scope,
      conditionGroups: any ? -1 : result.groups,
      conditionOffset: result.offset,
    });
    result.outcomes.push({ notes: outcome.made?.notes ?? [], failure: outcome.failure });
    if (outcome.made === null) continue;
    if (outcome.made.constant !== null) constants.push(outcome.made.constant);
    else {
      converted.push({ ...outcome.made, place: condition.place });
      if (outcome.made.groups < 0) continue;
      result.groups = outcome.made.groups;
      if (counted !== null) {
        result.offset = counted;
        counted += outcome.made.groups;
      }
    }
  }
  if (any) result.groups = read ? padGroups(converted) : -1;
  const decided = constants.includes(any);
  result.never = decided ? !any : any && constants.length > 0 && converted.length === 0;
  // One that always holds says nothing, and with OR nothing else does.
  result.list = decided && any ? [] : converted.map(({ place, settings }) => ({ place, settings }));
  return result;
}

function attempt(
  condition: ParsedCondition,
  scope: TextScope,
): { made: ConvertedCondition | null; failure: string | null } {
  try {
    return { made: convertCondition(condition, scope), failure: null };
  } catch (error) {
    if (!(error instanceof NotConvertible)) throw error;
    return { made: null, failure: error.message };
  }
}

/**
 * Under OR, any of the patterns may be the one that matched, and a group that it does not have is an error: patterns with
 * fewer groups get empty ones.
 */
function padGroups(conditions: readonly ConvertedCondition[]): number {
  const highest = Math.max(-1, ...conditions.map(({ groups }) => groups));
  if (conditions.some(({ groups }) => groups === -1)) return -1;
  for (const { settings, groups } of conditions) {
    if (groups < highest) settings.pattern = `(?:${settings.pattern})${'()'.repeat(highest - groups)}`;
  }
  return highest;
}
