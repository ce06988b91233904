// The conditions of a rule (url-rewrite.md 6): evaluated in order, up to the first that decides.
import type { Part } from './expressions/part.ts';
import { type FileKind, fileKind } from './file-kind.ts';
import type { Captures, Pattern } from './patterns/pattern.ts';
import type { RuleRun } from './rule-run.ts';
import { noteCondition } from './trace-condition.ts';

export interface Condition {
  readonly input: Part;
  readonly pattern: Pattern;
  /** What must stand on the disk at the input instead of a pattern that must match it; null for matchType Pattern. */
  readonly wanted: FileKind | null;
  readonly negate: boolean;
  /** As written, for explain. */
  readonly inputText: string;
  readonly patternText: string;
}

export class Conditions {
  /** MatchAny: one that holds is enough. */
  readonly any: boolean;
  readonly #list: readonly Condition[];
  readonly #trackAll: boolean;
  /** Whether anything in the rule reads {C:n}. */
  readonly #capturing: boolean;

  constructor(list: readonly Condition[], any: boolean, trackAll: boolean, capturing: boolean) {
    this.#list = list;
    this.any = any;
    this.#trackAll = trackAll;
    this.#capturing = capturing;
  }

  /** Whether the rule goes on; leaves in `run` what was captured. With run.pending set, it must be asked again. */
  hold(run: RuleRun): boolean {
    run.conditionCaptures = null;
    for (const condition of this.#list) {
      const holds = this.#holds(condition, run);
      if (run.pending !== null) return false;
      if (holds === this.any) return this.any;
    }
    return !this.any;
  }

  #holds(condition: Condition, run: RuleRun): boolean {
    const value = run.bound(condition.input.expand(run));
    if (condition.wanted === null) return this.#matches(condition, value, run);
    const holds = isThere(condition, value, condition.wanted, run);
    if (run.step !== null && run.pending === null) noteCondition(run.step, condition, value, holds, null);
    return holds;
  }

  #matches(condition: Condition, value: string, run: RuleRun): boolean {
    const { pattern, negate } = condition;
    if (!this.#capturing && run.step === null) return pattern.test(value) !== negate;
    const captures = pattern.exec(value);
    const holds = (captures !== null) !== negate;
    if (this.#capturing && captures !== null && holds) this.#keep(captures, run);
    if (run.step !== null) noteCondition(run.step, condition, value, holds, captures);
    return holds;
  }

  /** All numbered through, group 0 being the first condition's; or those of the last that matched (url-rewrite.md 7). */
  #keep(captures: Captures, run: RuleRun): void {
    const earlier = run.conditionCaptures;
    run.conditionCaptures = this.#trackAll && earlier !== null ? [...earlier, ...captures.slice(1)] : captures;
  }
}

const RISE = /(?:^|[\\/])\.\.(?=[\\/]|$)/g;

function countRises(path: string): number {
  return path.includes('..') ? (path.match(RISE)?.length ?? 0) : 0;
}

/** The disk is asked once for a path of a request; nobody waits for it but this request. */
function isThere({ negate, inputText }: Condition, path: string, wanted: FileKind, run: RuleRun): boolean {
  // A query or a Host with `..` in it would make the rule tell its client what there is elsewhere on the disk.
  if (countRises(path) > countRises(inputText)) return negate;
  const kind = run.files?.get(path);
  if (kind !== undefined) return (kind === wanted) !== negate;
  run.pending = fileKind(run.ctx.site, path).then((found) => {
    run.files ??= new Map();
    run.files.set(path, found);
    run.pending = null;
  });
  return false;
}
