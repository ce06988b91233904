// One rule for the whole body (url-rewrite.md 16): its pattern is searched in all of the text, and each match replaced.
// A match may be anything, so the text has to be there: a body of up to WINDOW bytes is collected whole. A longer one is
// looked at in windows of that size, of which the next begins where the last could no longer be sure (docs/decisions/0004).
// Where windows lie depends on the body alone, not on the pieces that it comes in.
import { Buffer } from 'node:buffer';
import { HeldBytes } from '../../../base/held-bytes.ts';
import { latin1Slice } from '../../../base/latin1.ts';
import type { Captures } from '../patterns/pattern.ts';
import type { BodyCharset } from './body-charset.ts';
import type { BodyFilter } from './body-filter.ts';
import { checkGrowth } from './changed-bytes.ts';
import { type Charset, plainBytes } from './charset.ts';
import type { OutboundRule } from './outbound-rule.ts';
import type { ResponseRun } from './response-run.ts';
import type { TextSearch } from './text-search.ts';

/** Bytes of a body that are looked at together. */
export const WINDOW = 2 * 1024 * 1024;
/** In a window that is not the last, a match begins at least so many bytes before its end; later ones are for the next. */
const OVERLAP = 64 * 1024;
/** How long bodies are looked at. */
export interface Windows {
  readonly bytes: number;
  readonly overlap: number;
}

const WINDOWS: Windows = { bytes: WINDOW, overlap: OVERLAP };
/** Text before a window that patterns may look back at. */
const CONTEXT = 1024;
/** A character has at most so many bytes: the last one of a window may be cut. */
const LONGEST_CHARACTER = 4;

export interface PatternRule {
  readonly rule: OutboundRule;
  readonly search: TextSearch;
  /** Most matches that are replaced; 0: all. */
  readonly occurrences: number;
}

/** Shared by the pattern rules of one response: whether one with stopProcessing has matched. */
export interface PatternChain {
  stopped: boolean;
}

export class PatternRewriter implements BodyFilter {
  readonly #rule: PatternRule;
  readonly #run: ResponseRun;
  readonly #charset: BodyCharset;
  readonly #chain: PatternChain;
  readonly #next: BodyFilter;
  readonly #windows: Windows;
  readonly #held = new HeldBytes();
  /** Text in front of what is held, that has gone on. */
  #context = '';
  #replaced = 0;
  #begun = false;
  /** A rule before this one has matched and ends the processing: everything goes on as it is. */
  #passes = false;

  constructor(
    rule: PatternRule,
    run: ResponseRun,
    charset: BodyCharset,
    chain: PatternChain,
    next: BodyFilter,
    windows = WINDOWS,
  ) {
    this.#rule = rule;
    this.#run = run;
    this.#charset = charset;
    this.#chain = chain;
    this.#next = next;
    this.#windows = windows;
  }

  write(buffer: Buffer, start: number, end: number): void {
    if (!this.#begun) this.#passes = this.#chain.stopped || this.#charset.charset === null;
    this.#begun = true;
    const { bytes } = this.#windows;
    let at = start;
    while (at < end && !this.#passes) {
      const stop = Math.min(end, at + bytes - this.#held.length);
      this.#held.append(Buffer.from(buffer.subarray(at, stop)));
      at = stop;
      if (this.#held.length === bytes) this.#look(false);
    }
    if (at < end) this.#next.write(buffer, at, end);
  }

  end(): void {
    if (this.#held.length > 0) this.#look(true);
    this.#next.end();
  }

  /** Looks at what is held; the end of a window that is not the last one is kept for the next. */
  #look(isLast: boolean): void {
    const { buffer, start, end } = this.#held;
    const bytes = latin1Slice(buffer!, start, end);
    if (this.#context === '') this.#charset.prescan(bytes);
    const { text, charset } = this.#decode(bytes, isLast);
    const pieces: string[] = [];
    const upTo = this.#replaceAll(text, charset, isLast, pieces);
    const { occurrences, rule } = this.#rule;
    if (this.#replaced > 0 && rule.stopProcessing) this.#chain.stopped = true;
    this.#passes = occurrences > 0 && this.#replaced >= occurrences;
    const all = isLast || this.#passes;
    const settled = charset.encode(text.slice(0, upTo), false).length;
    const consumed = all ? end : start + settled;
    const rest = Buffer.from(buffer!.subarray(consumed, end));
    this.#context = (this.#context + text.slice(0, upTo)).slice(-CONTEXT);
    this.#held.clear();
    if (rest.length > 0) this.#held.append(rest);
    if (pieces.length === 0) return this.#next.write(buffer!, start, consumed);
    if (all) pieces.push(bytes.slice(settled));
    const changed = Buffer.from(pieces.join(''), 'latin1');
    if (changed.length > 0) this.#next.write(changed, 0, changed.length);
  }

  /** The text of a window, without a character that its end cuts; bytes that are not of the set stand for themselves. */
  #decode(bytes: string, isLast: boolean): { text: string; charset: Charset } {
    const charset = this.#charset.charset ?? plainBytes;
    for (let cut = 0; cut < (isLast ? 1 : LONGEST_CHARACTER); cut++) {
      const text = charset.decode(cut === 0 ? bytes : bytes.slice(0, -cut));
      if (text !== null) return { text, charset };
    }
    return { text: bytes, charset: plainBytes };
  }

  /**
   * Fills `pieces` with what comes out, encoded; leaves it empty where nothing changes.
   * @returns up to where `text` is settled: what follows is for the next window
   */
  #replaceAll(text: string, charset: Charset, isLast: boolean, pieces: string[]): number {
    const { rule, search, occurrences } = this.#rule;
    const { inHtml } = this.#charset;
    const skip = this.#context.length;
    const whole = this.#context + text;
    const nextStart = isLast
      ? whole.length
      : startOfCharacter(whole, Math.max(skip, whole.length - this.#windows.overlap));
    let done = skip;
    let at = skip;
    let made = 0;
    while (at <= whole.length && (occurrences === 0 || this.#replaced < occurrences)) {
      const match = search.next(whole, at);
      if (match === null || (!isLast && match.start >= nextStart)) break;
      const { captures, start, end } = match;
      at = start === end ? end + 1 : end;
      if (splitsCharacter(whole, start) || splitsCharacter(whole, end)) continue;
      // It may go on behind the window.
      if (!isLast && end === whole.length && start > skip)
        return this.#settle(whole, skip, done, start, charset, pieces);
      const value = this.#rewriteMatch(rule, captures);
      if (value === null) continue;
      const replacement = charset.encode(value, inHtml);
      made += replacement.length;
      checkGrowth(made, text.length);
      pieces.push(charset.encode(whole.slice(done, start), false), replacement);
      this.#replaced++;
      done = end;
    }
    return this.#settle(whole, skip, done, Math.max(done, nextStart), charset, pieces);
  }

  #rewriteMatch(rule: OutboundRule, captures: Captures): string | null {
    const run = this.#run;
    run.ruleCaptures = captures;
    const text = captures[0] ?? '';
    rule.begin(text, run);
    return rule.rewriteMatch(text, run);
  }

  /** The text from `done` to `upTo` stays. */
  #settle(whole: string, skip: number, done: number, upTo: number, charset: Charset, pieces: string[]): number {
    if (pieces.length > 0 && done < upTo) pieces.push(charset.encode(whole.slice(done, upTo), false));
    return upTo - skip;
  }
}

function startOfCharacter(text: string, index: number): number {
  return splitsCharacter(text, index) ? index - 1 : index;
}

/** Whether `index` lies inside a character of two code units. */
function splitsCharacter(text: string, index: number): boolean {
  if (index === 0 || index >= text.length) return false;
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
