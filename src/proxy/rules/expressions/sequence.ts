// Several parts, one after the other.
import type { RuleRun } from '../rule-run.ts';
import { Literal } from './literal.ts';
import type { Part } from './part.ts';

/** One part for all of `parts`. */
export function sequence(parts: readonly Part[]): Part {
  if (parts.length === 0) return new Literal('');
  return parts.length === 1 ? parts[0] : new Sequence(parts);
}

class Sequence implements Part {
  readonly parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.parts = parts;
  }

  expand(run: RuleRun): string {
    const { parts } = this;
    let text = parts[0].expand(run);
    for (let i = 1; i < parts.length; i++) text += parts[i].expand(run);
    return run.made(text, 'an expression');
  }

  inUrl(): Part {
    return new Sequence(this.parts.map((part) => part.inUrl()));
  }
}
