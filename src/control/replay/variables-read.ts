// Which server variables decided about a request: those in the conditions that were looked at, and in what the rules that
// matched made of it (url-rewrite.md 7, 8).
import type { RuleName } from '../../model/explainer.ts';
import type { RuleStep, SiteStep, Step } from '../../model/trace.ts';
import type { ReplayRecord } from './record.ts';

const VARIABLE = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

export interface Unlogged {
  /** What read it, in words. */
  reader: string;
  /** What the line does not tell, in words. */
  what: string;
}

/** What a rule makes a request of: see ExplainedRule.reads. */
type ReadsOf = (rule: RuleName) => readonly string[];

/** What rules read of the request that its record does not tell; each thing once, with the first rule that read it. */
export function unloggedReads(steps: readonly Step[], record: ReplayRecord, readsOf: ReadsOf): Unlogged[] {
  const found = new Map<string, Unlogged>();
  const written = new Set<string>();
  for (const step of steps) {
    if (step.stage === 'site') addHost(step, record, found);
    if (step.stage !== 'rule') continue;
    for (const variable of variablesOf(step, readsOf)) {
      const what = written.has(variable) ? null : record.lacks(variable);
      if (what !== null && !found.has(what)) found.set(what, { reader: `rule "${step.name}"`, what });
    }
    for (const { name } of step.sets ?? []) written.add(name);
  }
  return [...found.values()];
}

function variablesOf(step: RuleStep, readsOf: ReadsOf): readonly string[] {
  const conditions = step.conditions.flatMap(({ input }) => variablesIn(input));
  return step.matched ? conditions.concat(readsOf(step)) : conditions;
}

/** The names of server variables, upper-case, in an expression: `{NAME}`. */
export function variablesIn(expression: string): string[] {
  return Array.from(expression.matchAll(VARIABLE), ([, name]) => name!.toUpperCase());
}

/** Which site a request belongs to is read off its host, where bindings name hosts. */
function addHost({ readsHost }: SiteStep, record: ReplayRecord, found: Map<string, Unlogged>): void {
  const what = readsHost === true && !record.tellsSite ? record.lacks('HTTP_HOST') : null;
  if (what !== null) found.set(what, { reader: 'the choice of the site', what });
}
