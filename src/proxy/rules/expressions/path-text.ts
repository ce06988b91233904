// Text of a decoded path on its way into a URL: its `?`, `#` and `%` stay data.
import type { RuleRun } from '../rule-run.ts';
import { markAsData } from '../url-text.ts';
import type { Part } from './part.ts';

export class PathText implements Part {
  readonly #inner: Part;

  constructor(inner: Part) {
    this.#inner = inner;
  }

  expand(run: RuleRun): string {
    return markAsData(this.#inner.expand(run));
  }

  inUrl(): Part {
    return this;
  }
}
