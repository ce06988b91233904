// `serverVariables`: headers of the request and variables of our own that a rule sets (url-rewrite.md 9).
import { isFieldValue, utf8AsLatin1 } from '../../../wire/http1/serialise.ts';
import type { Part } from '../expressions/part.ts';
import type { RuleRun } from '../rule-run.ts';
import { noteHeader, noteVariable } from '../trace-rule.ts';
import type { ReadVariable } from './variable-part.ts';

export interface VariableChange {
  apply(run: RuleRun): void;
}

export class SetHeader implements VariableChange {
  readonly #name: string;
  readonly #value: Part;
  /** Reads the value that is there; null: it is overwritten anyway. */
  readonly #unlessSet: ReadVariable | null;

  /** @param name of the field, lower-case */
  constructor(name: string, value: Part, unlessSet: ReadVariable | null) {
    this.#name = name;
    this.#value = value;
    this.#unlessSet = unlessSet;
  }

  /** Text becomes UTF-8 here, so that no letter of it is a line end in disguise (DESIGN 5); empty removes the field. */
  apply(run: RuleRun): void {
    if (this.#unlessSet !== null && this.#unlessSet(run) !== '') return;
    const value = run.made(utf8AsLatin1(this.#value.expand(run)), `header ${this.#name}`);
    if (!isFieldValue(value))
      throw run.failure(`header ${this.#name} would hold a line end or another control character`);
    const { outbound } = run.ctx;
    outbound.fieldEdits ??= new Map();
    outbound.fieldEdits.set(this.#name, value === '' ? null : value);
    if (run.step !== null) noteHeader(run.step, this.#name, value);
  }
}

export class SetVariable implements VariableChange {
  readonly #name: string;
  readonly #value: Part;
  readonly #unlessSet: ReadVariable | null;

  /** @param name upper-case */
  constructor(name: string, value: Part, unlessSet: ReadVariable | null) {
    this.#name = name;
    this.#value = value;
    this.#unlessSet = unlessSet;
  }

  apply(run: RuleRun): void {
    if (this.#unlessSet !== null && this.#unlessSet(run) !== '') return;
    const value = run.made(this.#value.expand(run), this.#name);
    const { outbound } = run.ctx;
    outbound.serverVariables ??= new Map();
    outbound.serverVariables.set(this.#name, value);
    if (run.step !== null) noteVariable(run.step, this.#name, value);
  }
}

/** A rule of a site that sets what is not in allowedServerVariables fails when it is carried out (url-rewrite.md 9). */
export class RefuseVariable implements VariableChange {
  readonly #name: string;

  /** @param name upper-case */
  constructor(name: string) {
    this.#name = name;
  }

  apply(run: RuleRun): never {
    throw run.failure(`${this.#name} is not in allowedServerVariables, so rules of a site may not set it`);
  }
}
