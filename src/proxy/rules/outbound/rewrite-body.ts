// Which of the rules for bodies are for this one, and how it is taken apart for them.
import type { ResponseDraft } from '../../../model/response-draft.ts';
import { BodyKind } from '../../../wire/http1/body-kind.ts';
import { AttributeRules } from './attribute-rules.ts';
import { BodyCharset } from './body-charset.ts';
import { BodyStart } from './body-start.ts';
import { codingOf } from './codings.ts';
import { HtmlRewriter } from './html-rewriter.ts';
import { isHtml, isXml, type MediaType, mayBeText, readMediaType } from './media-type.ts';
import type { BodyStep, OutboundSet } from './outbound-set.ts';
import { type PatternChain, PatternRewriter } from './pattern-rewriter.ts';
import { type FilterChain, PlainRewrite } from './plain-rewrite.ts';
import { RecodedRewrite } from './recoded-rewrite.ts';
import type { ResponseRun } from './response-run.ts';

type IsFor = (preCondition: number) => boolean;

/** Lets the rules for bodies change this one, where any of them is for it and it can be read. */
export function rewriteBody(set: OutboundSet, isFor: IsFor, run: ResponseRun, draft: ResponseDraft): void {
  const steps = set.bodySteps.filter((step) => rulesOf(step).some(({ preCondition }) => isFor(preCondition)));
  if (steps.length === 0 || !draft.hasWholeBody) return;
  const type = readMediaType(draft.head.field('content-type') ?? '');
  const encoding = draft.head.field('content-encoding') ?? '';
  const coding = codingOf(encoding);
  const charset = new BodyCharset(type.charset, isHtml(type));
  const obstacle = whyNot(set, steps, type, charset, draft);
  if (obstacle !== null || coding === undefined) {
    const reason = obstacle ?? `its Content-Encoding is ${encoding}`;
    run.ctx.trace?.push({ stage: 'outbound', rewritten: false, reason: `the body is left alone: ${reason}` });
    return;
  }
  const chain = chainOf(steps, isFor, run, charset, isXml(type));
  draft.rewriteBody(coding === null ? new PlainRewrite(chain) : new RecodedRewrite(coding, chain));
}

function rulesOf(step: BodyStep) {
  return step.kind === 'tags' ? step.rules : [step.rule.rule];
}

/** Why the body is not rewritten although rules are for it; null when it is. */
function whyNot(
  { skipsChunked }: OutboundSet,
  steps: readonly BodyStep[],
  type: MediaType,
  charset: BodyCharset,
  { head }: ResponseDraft,
): string | null {
  if (!mayBeText(type)) return `${type.type} is no text`;
  if (charset.charset === null) return `its character set is ${type.charset}`;
  if (skipsChunked && head.bodyKind === BodyKind.chunked) return 'it comes in chunks (rewriteBeforeCache)';
  // A rule for the whole body waits for it, and these have no end.
  if (type.type === 'text/event-stream' && steps.some(({ kind }) => kind === 'pattern'))
    return 'it is a stream of events';
  return null;
}

function chainOf(
  steps: readonly BodyStep[],
  isFor: IsFor,
  run: ResponseRun,
  charset: BodyCharset,
  xml: boolean,
): FilterChain {
  const patterns: PatternChain = { stopped: false };
  return (output) => {
    let next = output;
    for (const step of steps.toReversed()) {
      if (step.kind === 'pattern') {
        next = new PatternRewriter(step.rule, run, charset, patterns, next);
      } else {
        const rules = step.rules.map((rule) => (isFor(rule.preCondition) ? rule : null));
        next = new HtmlRewriter(step.table, new AttributeRules(rules, run, charset), xml, next);
      }
    }
    return new BodyStart(run, charset, next);
  };
}
