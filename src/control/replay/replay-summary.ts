// What many explained requests come to: how many were as expected, as they were served, or otherwise; what each rule did;
// and why some cannot be judged. Its size depends on the rules, not on the requests.
import type { RuleName } from '../../model/explainer.ts';
import type { Step } from '../../model/trace.ts';
import type { ReplayFault, ReplayResult } from './replay.ts';

export type Verdict = 'same' | 'different' | 'cannot be judged';

/** What one rule did. */
export interface RuleTally extends RuleName {
  requests: number;
  verdicts: Record<Verdict, number>;
  /** The first request that went another way, else the first that cannot be judged, else the first. */
  example: ReplayResult | null;
}

export class ReplaySummary {
  requests = 0;
  badLines = 0;
  asExpected = 0;
  notAsExpected = 0;
  /** Requests that the other configuration treats otherwise. */
  changed = 0;
  readonly verdicts: Record<Verdict, number> = { same: 0, different: 0, 'cannot be judged': 0 };
  /** Why requests cannot be judged, with their number. */
  readonly reasons = new Map<string, number>();
  /** What rules read and lines did not tell: in words, with the number of requests. */
  readonly unlogged = new Map<string, number>();
  /** By scope and name, in file order; rules of the configuration first. The last is for requests that no rule matched. */
  readonly #rules = new Map<string, RuleTally>();
  readonly #unmatched: RuleTally = tally({ scope: '', name: '' });

  constructor(rules: readonly RuleName[]) {
    for (const rule of rules) this.#rules.set(keyOf(rule), tally(rule));
  }

  /** Rules that matched a request. */
  get hit(): RuleTally[] {
    return [...this.#rules.values(), this.#unmatched].filter(({ requests }) => requests > 0);
  }

  get neverHit(): RuleName[] {
    return [...this.#rules.values()]
      .filter(({ requests }) => requests === 0)
      .map(({ scope, name }) => ({ scope, name }));
  }

  get judged(): number {
    return this.verdicts.same + this.verdicts.different + this.verdicts['cannot be judged'];
  }

  /** Whether anything is not as it was to be. */
  get hasDifferences(): boolean {
    return this.badLines + this.notAsExpected + this.changed + this.verdicts.different > 0;
  }

  add(told: ReplayResult | ReplayFault): void {
    if ('fault' in told) {
      this.badLines++;
      return;
    }
    const { unexpected, judgement, unlogged } = told;
    this.requests++;
    if (unexpected === null) this.asExpected++;
    else if (unexpected !== undefined) this.notAsExpected++;
    if (told.against !== undefined) this.changed++;
    if (judgement !== undefined) this.verdicts[judgement.verdict]++;
    if (judgement?.verdict === 'cannot be judged') count(this.reasons, judgement.why);
    for (const { reader, what } of unlogged) count(this.unlogged, `${what}, which ${reader} reads`);
    this.#addToRules(told);
  }

  #addToRules(told: ReplayResult): void {
    const matched = told.rules.length === 0 ? [this.#unmatched] : told.rules.map((rule) => this.#tallyOf(rule));
    for (const each of matched) {
      const verdict = told.judgement?.verdict;
      each.requests++;
      if (verdict !== undefined) each.verdicts[verdict]++;
      if (each.example === null || weight(told) > weight(each.example)) each.example = told;
    }
  }

  #tallyOf(rule: RuleName): RuleTally {
    const key = keyOf(rule);
    let found = this.#rules.get(key);
    if (found === undefined) this.#rules.set(key, (found = tally(rule)));
    return found;
  }
}

/** The rules that matched, each once. */
export function matchedRules(steps: readonly Step[]): RuleName[] {
  const matched = new Map<string, RuleName>();
  for (const step of steps)
    if (step.stage === 'rule' && step.matched) matched.set(keyOf(step), { scope: step.scope, name: step.name });
  return [...matched.values()];
}

function weight({ judgement, unexpected, against }: ReplayResult): number {
  if (judgement?.verdict === 'different' || typeof unexpected === 'string' || against !== undefined) return 2;
  return judgement?.verdict === 'cannot be judged' ? 1 : 0;
}

function tally({ scope, name }: RuleName): RuleTally {
  return { scope, name, requests: 0, verdicts: { same: 0, different: 0, 'cannot be judged': 0 }, example: null };
}

/** One text for each rule. */
export function keyOf({ scope, name }: RuleName): string {
  return `${scope}\0${name}`;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
