// A compiled expression, or a piece of one.
import type { RuleRun } from '../rule-run.ts';

export interface Part {
  /** The text for this request. @throws ProxyError when it cannot be expanded: a failure of the rule at work */
  expand(run: RuleRun): string;
  /**
   * The same for use in a URL, where a `?`, `#` or `%` that was data in the path must not become syntax: such
   * characters come out marked (url-text.ts).
   */
  inUrl(): Part;
}
