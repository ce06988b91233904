// The rules with a tag filter on one value (url-rewrite.md 16): in order, each on what the one before it made.
import type { BodyCharset } from './body-charset.ts';
import { DOUBLE_QUOTE } from './html-bytes.ts';
import type { ValueRewriter } from './html-rewriter.ts';
import type { OutboundRule } from './outbound-rule.ts';
import type { ResponseRun } from './response-run.ts';
import type { KnownAttribute } from './tag-table.ts';

/** What may not stand in a value without quotes (HTML 13.1.2.3). */
const NEEDS_QUOTES = /[\s"'=<>`]|^$/;

export class AttributeRules implements ValueRewriter {
  readonly #rules: readonly (OutboundRule | null)[];
  readonly #run: ResponseRun;
  readonly #charset: BodyCharset;

  /** @param rules by their index in the table; null for one whose precondition does not hold */
  constructor(rules: readonly (OutboundRule | null)[], run: ResponseRun, charset: BodyCharset) {
    this.#rules = rules;
    this.#run = run;
    this.#charset = charset;
  }

  rewrite(attribute: KnownAttribute, bytes: string, quote: number): string | null {
    if (attribute.tellsCharset) this.#charset.seeMeta(attribute.name.toString(), bytes);
    if (attribute.rules.length === 0 || this.#charset.charset === null) return null;
    const { text, charset } = this.#charset.read(bytes);
    const value = this.#chain(attribute.rules, text);
    return value === text ? null : charset.encode(quoted(value, quote), this.#charset.inHtml);
  }

  #chain(indexes: readonly number[], text: string): string {
    let value = text;
    for (const index of indexes) {
      const rule = this.#rules[index]!;
      const result = rule === null ? null : rule.rewrite(value, this.#run);
      if (result === null) continue;
      value = result;
      if (rule!.stopProcessing) break;
    }
    return value;
  }
}

/** A value stays inside its quotes, whatever a rule put into it. */
function quoted(value: string, quote: number): string {
  if (quote === DOUBLE_QUOTE) return value.replaceAll('"', '&quot;');
  if (quote !== 0) return value.replaceAll("'", '&#39;');
  return NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '&quot;')}"` : value;
}
