// One RewriteRule with its conditions → a rule as it stands in the configuration, and the rows of the report.
import type { Place } from '../../../model/config-node.ts';
import type { FidelityRow, FidelityVerdict } from '../../../model/fidelity-row.ts';
import { type ConvertedAction, convertAction, isRedirect } from './convert-action.ts';
import { type ConvertedConditions, convertConditions, type PlacedSettings } from './convert-conditions.ts';
import { NotConvertible } from './convert-pattern.ts';
import type { TextScope } from './convert-text.ts';
import { flagNote } from './flag-notes.ts';
import { shownFlag } from './flags.ts';
import type { RuleLink } from './link-rules.ts';
import type { MapUses } from './map-uses.ts';
import { matchRule, type RuleMatch } from './match-rule.ts';
import type { ParsedRule } from './read-directives.ts';

export interface RuleSurroundings {
  name: string;
  /** What is put before a relative target. */
  base: string;
  maps: MapUses;
  link: RuleLink;
  /** No rule stands after it. */
  isLast: boolean;
  /** `RewriteEngine off`. */
  off: boolean;
}

export interface ConvertedRule {
  /** Of its first condition. */
  start: Place;
  place: Place;
  /** As in the configuration; defaults are left out. Conditions have places of their own. */
  settings: Record<string, unknown>;
  conditions: PlacedSettings[];
  anyCondition: boolean;
  /** The groups of all conditions are numbered through. */
  trackAll: boolean;
  enabled: boolean;
  proxied: boolean;
  local: boolean;
  needsFiles: boolean;
  rows: FidelityRow[];
}

export function convertRule(rule: ParsedRule, around: RuleSurroundings): ConvertedRule {
  const report = new RuleReport(rule);
  const match = report.attempt(() => matchRule(rule)) ?? matchRule({ ...rule, pattern: '^' });
  const scope: TextScope = {
    ...match,
    conditionGroups: -1,
    conditionOffset: 0,
    ofServer: rule.ofServer,
    maps: around.maps,
  };
  const reads = /%\d/.test(rule.substitution);
  const conditions = convertConditions(rule.conditions, scope, reads);
  report.conditions(rule, conditions);
  if (reads && conditions.any && conditions.groups === -1)
    report.note('joined by OR, a test without a pattern captures nothing: %1 is left out');
  const list = [...urlCondition(match, rule.place), ...linkConditions(around.link, rule.place), ...conditions.list];
  if (conditions.any && list.length > conditions.list.length)
    report.fail('conditions joined by OR leave no room for the one that this rule needs: write two rules');
  const { groups, offset } = conditions;
  const action = report.attempt(() =>
    convertAction(rule, { ...scope, conditionGroups: groups, conditionOffset: offset }, around.base),
  );
  report.action(rule, action, around);
  report.flags(rule, around);
  if (conditions.never) report.note('one of its conditions never holds: it is written switched off');
  const enabled = !report.failed && !conditions.never && !around.off;
  return {
    start: rule.conditions[0]?.place ?? rule.place,
    place: rule.place,
    settings: settingsOf(around, match, action, enabled),
    conditions: list,
    anyCondition: conditions.any,
    trackAll: match.condition !== null && match.ruleGroups >= 0 && list.length > 1,
    enabled,
    proxied: action?.proxied === true,
    local: enabled && action?.local === true,
    needsFiles: list.some(({ settings }) => settings.matchType !== undefined),
    rows: report.rows,
  };
}

function settingsOf(
  { name, link }: RuleSurroundings,
  match: RuleMatch,
  action: ConvertedAction | null,
  enabled: boolean,
): Record<string, unknown> {
  return {
    name,
    ...(enabled ? {} : { enabled }),
    ...(action?.stopProcessing ? { stopProcessing: true } : {}),
    match: {
      url: match.url === '' ? '^' : match.url,
      ...(match.ignoreCase ? {} : { ignoreCase: false }),
      ...(match.negate ? { negate: true } : {}),
    },
    ...(link.sets === null ? {} : { serverVariables: [{ name: link.sets, value: '1' }] }),
    ...(action?.action ? { action: action.action } : {}),
  };
}

/** What earlier rules with the flags C and S ask of this one. */
function linkConditions({ needs, forbids }: RuleLink, place: Place): PlacedSettings[] {
  const needed = needs === null ? [] : [{ place, settings: { input: `{${needs}}`, pattern: '^1$' } }];
  const forbidden = forbids.map((name) => ({ place, settings: { input: `{${name}}`, pattern: '^1$', negate: true } }));
  return [...needed, ...forbidden];
}

function urlCondition({ condition }: RuleMatch, place: Place): PlacedSettings[] {
  return condition === null ? [] : [{ place, settings: condition }];
}

/** Collects the rows of one rule. */
class RuleReport {
  readonly rows: FidelityRow[] = [];
  readonly #place: Place;
  #verdict: FidelityVerdict = 'exact';
  #notes: string[] = [];
  failed = false;

  constructor({ place }: ParsedRule) {
    this.#place = place;
  }

  attempt<T>(convert: () => T): T | null {
    try {
      return convert();
    } catch (error) {
      if (!(error instanceof NotConvertible)) throw error;
      this.fail(error.message);
      return null;
    }
  }

  /** The rule cannot be taken over. */
  fail(note: string): void {
    this.failed = true;
    this.#verdict = 'unsupported';
    this.#notes.push(note);
  }

  note(note: string): void {
    if (this.#verdict === 'exact') this.#verdict = 'approximated';
    this.#notes.push(note);
  }

  conditions({ conditions }: ParsedRule, converted: ConvertedConditions): void {
    conditions.forEach(({ place, flags }, index) => {
      const { notes, failure } = converted.outcomes[index]!;
      if (failure !== null) this.failed = true;
      const verdict = failure !== null ? 'unsupported' : notes.length > 0 ? 'approximated' : 'exact';
      this.#row(place, 'RewriteCond', verdict, failure ?? notes.join('; '));
      for (const flag of flags) {
        const lost = flag.name === 'OR' && converted.failure !== null;
        this.#row(place, `RewriteCond ${shownFlag(flag)}`, lost ? 'unsupported' : 'exact', '');
      }
    });
    if (converted.failure !== null) this.fail(converted.failure);
  }

  action(rule: ParsedRule, action: ConvertedAction | null, { isLast }: RuleSurroundings): void {
    const slash = !rule.ofServer && /^!?\^\//.test(rule.pattern);
    if (slash)
      this.note('in the file of a folder Apache never matches a leading slash; read as in the file of a server');
    for (const note of action?.notes ?? []) this.note(note);
    if (action?.action?.type === 'Redirect' && !action.stopProcessing && !isLast)
      this.note('Apache goes on with the rules after it; here a redirect ends them');
  }

  /** Comes last: the row of the rule itself goes before those of its flags. */
  flags({ flags }: ParsedRule, { link }: RuleSurroundings): void {
    const rows = flags.map((flag) => {
      if (flag.name === 'R') return { flag, verdict: isRedirect(flag) ? 'exact' : 'unsupported', note: '' } as const;
      const { verdict, note, fatal } = flagNote(flag) ?? link.notes[flag.name as 'C' | 'S'];
      if (fatal) this.failed = true;
      return { flag, verdict, note };
    });
    if (this.failed) this.fail('it is written switched off');
    this.#row(this.#place, 'RewriteRule', this.#verdict, this.#notes.join('; '));
    for (const { flag, verdict, note } of rows) this.#row(this.#place, `RewriteRule ${shownFlag(flag)}`, verdict, note);
  }

  #row({ file, line }: Place, path: string, verdict: FidelityVerdict, note: string): void {
    this.rows.push({ file, line, path, verdict, note });
  }
}
