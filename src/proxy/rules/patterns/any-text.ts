// The pattern that everything matches: Wildcard `*`, and a rule without `match` (url-rewrite.md 3).
import type { Captures, Pattern } from './pattern.ts';

export class AnyText implements Pattern {
  readonly groups = 1;

  test(): boolean {
    return true;
  }

  exec(input: string): Captures {
    return [input, input];
  }
}
