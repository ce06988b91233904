// Where the path and query of a rewrite come from.
import type { Part } from '../expressions/part.ts';
import type { RuleRun } from '../rule-run.ts';
import { markAsData } from '../url-text.ts';

export interface UrlSource {
  /** Makes the new path and query the current ones. */
  apply(run: RuleRun): void;
}

/** Any expression. */
export class ExpandedUrl implements UrlSource {
  readonly #url: Part;
  readonly #append: boolean;
  readonly #keepEscapes: boolean;
  readonly #base: string;

  constructor(url: Part, append: boolean, keepEscapes: boolean, base: string) {
    this.#url = url.inUrl();
    this.#append = append;
    this.#keepEscapes = keepEscapes;
    this.#base = base;
  }

  apply(run: RuleRun): void {
    run.replaceUrl(this.#url.expand(run), this.#append, this.#keepEscapes, this.#base);
  }
}

/**
 * `/{R:n}` alone, as in the rules of farms: where the group is all that the pattern saw, the URL stays as it is, and
 * nothing is put together or encoded.
 */
export class CapturedPath implements UrlSource {
  readonly #group: number;
  readonly #append: boolean;
  readonly #keepEscapes: boolean;

  constructor(group: number, append: boolean, keepEscapes: boolean) {
    this.#group = group;
    this.#append = append;
    this.#keepEscapes = keepEscapes;
  }

  apply(run: RuleRun): void {
    const text = run.ruleCaptures![this.#group] ?? '';
    if (text !== run.input) run.replaceUrl(`/${markAsData(text)}`, this.#append, this.#keepEscapes, '/');
    else if (!this.#append) run.query = '';
  }
}
