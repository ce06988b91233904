// Which server variables decided about a request: those in the conditions that were looked at (url-rewrite.md 7, 8).
import type { Step } from '../../model/trace.ts';
import type { ReplayRecord } from './record.ts';

const VARIABLE = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

export interface Unlogged {
  rule: string;
  /** What the line does not tell, in words. */
  what: string;
}

/** What rules read of the request that its record does not tell; each thing once, with the first rule that read it. */
export function unloggedReads(steps: readonly Step[], record: ReplayRecord): Unlogged[] {
  const found = new Map<string, Unlogged>();
  const written = new Set<string>();
  for (const step of steps) {
    if (step.stage !== 'rule') continue;
    for (const { input } of step.conditions) {
      for (const [, name] of input.matchAll(VARIABLE)) {
        const upper = name!.toUpperCase();
        const what = written.has(upper) ? null : record.lacks(upper);
        if (what !== null && !found.has(what)) found.set(what, { rule: step.name, what });
      }
    }
    for (const { name } of step.sets ?? []) written.add(name);
  }
  return [...found.values()];
}
