// {NAME}: a server variable in an expression.
import type { Part } from '../expressions/part.ts';
import type { RuleRun } from '../rule-run.ts';

export type ReadVariable = (run: RuleRun) => string;

export class VariablePart implements Part {
  readonly #read: ReadVariable;
  readonly #inUrl: ReadVariable;

  /** @param inUrl as read, with what is data in the path marked (see Part.inUrl) */
  constructor(read: ReadVariable, inUrl = read) {
    this.#read = read;
    this.#inUrl = inUrl;
  }

  expand(run: RuleRun): string {
    return this.#read(run);
  }

  inUrl(): Part {
    return new VariablePart(this.#inUrl);
  }
}
