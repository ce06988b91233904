// What a rule does once its pattern and conditions hold (url-rewrite.md 10).
import type { Answer } from '../../../model/answer.ts';
import type { RuleRun } from '../rule-run.ts';

export interface Action {
  /** Changes `run` and its draft, or gives the answer that ends the journey. @throws ProxyError: a failure of the rule */
  perform(run: RuleRun): Answer | undefined;
}
