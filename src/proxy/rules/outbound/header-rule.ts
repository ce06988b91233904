// Outbound rules with serverVariable: a header of the response, or a variable of the request (url-rewrite.md 9 and 16).
import type { ResponseDraft } from '../../../model/response-draft.ts';
import { isFieldValue, utf8AsLatin1 } from '../../../wire/http1/serialise.ts';
import { textOf } from '../variables/request-header.ts';
import type { VariableChange } from '../variables/set-variables.ts';
import type { ReadVariable } from '../variables/variable-part.ts';
import type { OutboundRule } from './outbound-rule.ts';
import type { ResponseRun } from './response-run.ts';

export interface HeaderRule {
  readonly rule: OutboundRule;
  apply(run: ResponseRun, fields: FieldValues): void;
}

/** The values of one header, each of which goes its own way: Set-Cookie stands several times. */
interface Values {
  /** As on the wire; '' where there is none. */
  list: string[];
  /** Of which the rules are through (stopProcessing). */
  stopped: boolean[];
}

/** The headers that rules look at, for one response. */
export class FieldValues {
  readonly #draft: ResponseDraft;
  readonly #values = new Map<string, Values>();
  /** Variables of the request of which the rules are through. */
  readonly stoppedVariables = new Set<string>();

  constructor(draft: ResponseDraft) {
    this.#draft = draft;
  }

  /** @param name lower-case */
  of(name: string): Values {
    let values = this.#values.get(name);
    if (values === undefined) {
      const list = this.#draft.values(name);
      if (list.length === 0) list.push(''); // a header that is absent is an empty one
      values = { list, stopped: list.map(() => false) };
      this.#values.set(name, values);
    }
    return values;
  }

  /** @param spelling where the server has not sent the header */
  write(name: string, spelling: string): void {
    const list = this.of(name).list.filter((value) => value !== '');
    this.#draft.setValues(spellingIn(this.#draft, name) ?? spelling, list);
  }
}

export class ResponseHeaderRule implements HeaderRule {
  readonly rule: OutboundRule;
  readonly #spelling: string;
  readonly #name: string;

  /** @param spelling of the header, as it is written where there was none */
  constructor(rule: OutboundRule, spelling: string) {
    this.rule = rule;
    this.#spelling = spelling;
    this.#name = spelling.toLowerCase();
  }

  apply(run: ResponseRun, fields: FieldValues): void {
    const { list, stopped } = fields.of(this.#name);
    let changed = false;
    for (const [index, wire] of list.entries()) {
      if (stopped[index]) continue;
      const text = textOf(wire);
      const result = this.rule.rewrite(run.bound(text), run);
      if (result === null) continue;
      stopped[index] = this.rule.stopProcessing;
      if (result === text) continue;
      list[index] = this.#wireForm(result, run);
      changed = true;
    }
    if (changed) fields.write(this.#name, this.#spelling);
  }

  /** Text becomes UTF-8, so that no letter of it is a line end in disguise (DESIGN 5). */
  #wireForm(text: string, run: ResponseRun): string {
    const wire = utf8AsLatin1(text);
    if (isFieldValue(wire)) return wire;
    throw run.failure(`header ${this.#name} would hold a line end or another control character`);
  }
}

export class RequestVariableRule implements HeaderRule {
  readonly rule: OutboundRule;
  readonly #name: string;
  readonly #read: ReadVariable;
  readonly #change: VariableChange | null;

  /**
   * @param rule without a value: what it applies to is changed by `change`
   * @param change null for action None
   */
  constructor(rule: OutboundRule, name: string, read: ReadVariable, change: VariableChange | null) {
    this.rule = rule;
    this.#name = name;
    this.#read = read;
    this.#change = change;
  }

  apply(run: ResponseRun, fields: FieldValues): void {
    if (fields.stoppedVariables.has(this.#name)) return;
    if (this.rule.rewrite(this.#read(run), run) === null) return;
    if (this.rule.stopProcessing) fields.stoppedVariables.add(this.#name);
    this.#change?.apply(run);
  }
}

/** As the server spells it. */
function spellingIn({ head }: ResponseDraft, name: string): string | undefined {
  for (let index = 0; index < head.fieldCount; index++) {
    const spelling = head.nameAt(index);
    if (spelling.toLowerCase() === name) return spelling;
  }
  return undefined;
}
