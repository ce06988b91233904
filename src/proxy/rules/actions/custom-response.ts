// CustomResponse: an answer that the configuration words (url-rewrite.md 10).
import type { LocalAnswer } from '../../../model/answer.ts';
import { isFieldValue, utf8AsLatin1 } from '../../../wire/http1/serialise.ts';
import { statusPhrase } from '../../../wire/status-phrases.ts';
import type { Part } from '../expressions/part.ts';
import type { RuleRun } from '../rule-run.ts';
import type { Action } from './action.ts';

export class CustomResponse implements Action {
  readonly #status: number;
  readonly #subStatus: number;
  readonly #reason: Part;
  readonly #description: Part;

  constructor(status: number, subStatus: number, reason: Part, description: Part) {
    this.#status = status;
    this.#subStatus = subStatus;
    this.#reason = reason;
    this.#description = description;
  }

  /** The description is sent as plain text: it may hold what the client wrote. */
  perform(run: RuleRun): LocalAnswer {
    const reason = utf8AsLatin1(this.#reason.expand(run));
    if (!isFieldValue(reason)) throw run.failure('statusReason holds a character that no reason phrase may hold');
    return {
      kind: 'answer',
      status: this.#status,
      subStatus: this.#subStatus,
      reason: reason === '' ? statusPhrase(this.#status) : reason,
      fields: [],
      contentType: 'text/plain; charset=utf-8',
      body: this.#description.expand(run),
    };
  }
}
