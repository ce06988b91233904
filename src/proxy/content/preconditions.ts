// Conditional requests (RFC 9110 13): whether a file is sent, and whether only a part of it may be.

import { namesTag } from '../../wire/entity-tags.ts';
import { parseHttpDate } from '../../wire/http-date.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';

/** What tells one version of a file from another. */
export interface Validators {
  /** With its quotes; null: none. */
  readonly tag: string | null;
  /** Last-Modified: ms since 1970, whole seconds. */
  readonly modified: number;
}

/**
 * The first precondition that decides, in the order of RFC 9110 13.2.2.
 * @param now wall time in ms
 */
export function evaluatePreconditions(
  head: RequestHead,
  file: Validators,
  now: number,
): 'send' | 'unchanged' | 'failed' {
  const ifMatch = head.field('if-match');
  if (ifMatch !== undefined) {
    if (!namesTag(ifMatch, file.tag, false)) return 'failed';
  } else {
    const since = dateField(head, 'if-unmodified-since', now);
    if (since !== null && file.modified > since) return 'failed';
  }
  const ifNoneMatch = head.field('if-none-match');
  if (ifNoneMatch !== undefined) return namesTag(ifNoneMatch, file.tag, true) ? 'unchanged' : 'send';
  const since = dateField(head, 'if-modified-since', now);
  return since !== null && file.modified <= since ? 'unchanged' : 'send';
}

/**
 * Whether Range may be looked at: without If-Range, or when that names the present version (RFC 9110 13.1.5).
 * A date does so only when it is certain that the file did not change twice in its second.
 */
export function rangeApplies(head: RequestHead, file: Validators, now: number): boolean {
  const field = head.field('if-range');
  if (field === undefined) return true;
  if (field.includes('"')) return field.trim() !== '*' && namesTag(field, file.tag, false);
  return parseHttpDate(field, now) === file.modified && now - file.modified >= 1000;
}

function dateField(head: RequestHead, name: string, now: number): number | null {
  const field = head.field(name);
  return field === undefined ? null : parseHttpDate(field, now);
}
