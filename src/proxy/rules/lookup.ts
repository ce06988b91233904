// What `{NAME:key}` asks where NAME is no function: a rewrite map or a provider (url-rewrite.md 7).
import type { Part } from './expressions/part.ts';
import type { RuleRun } from './rule-run.ts';

export interface Lookup {
  readonly name: string;
  /** The text for `key`. @throws ProxyError, as of the rule at work, where there can be none */
  lookUp(key: string, run: RuleRun): string;
}

/** {NAME:key} in an expression. The text that comes out is plain, and not expanded again. */
export class LookupPart implements Part {
  readonly #lookup: Lookup;
  readonly #key: Part;

  constructor(lookup: Lookup, key: Part) {
    this.#lookup = lookup;
    this.#key = key;
  }

  expand(run: RuleRun): string {
    return this.#lookup.lookUp(this.#key.expand(run), run);
  }

  inUrl(): Part {
    return this;
  }
}
