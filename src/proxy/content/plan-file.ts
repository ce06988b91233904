// What is sent of a file, settled when it is open: the status, the head, and which bytes in which order.
import { answerHead, type FileAnswer } from '../../model/answer.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { type ByteRange, parseRanges } from '../../wire/byte-ranges.ts';
import { formatHttpDate } from '../../wire/http-date.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';
import { statusPhrase } from '../../wire/status-phrases.ts';
import { evaluatePreconditions, rangeApplies, type Validators } from './preconditions.ts';

export interface FilePlan {
  readonly status: number;
  /** As ClientExchange.sendHead() takes it. */
  readonly head: string;
  /** Text (latin1) and pieces of the file, in this order; null: no body at all. */
  readonly body: readonly (string | ByteRange)[] | null;
  /** Bytes of the body. */
  readonly length: number;
}

/** Facts of the open file. */
export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * @param now wall time in ms
 * @param date the same, as the Date field has it
 * @throws ProxyError preconditionFailed, rangeNotSatisfiable
 */
export function planFile(
  ctx: RequestContext,
  answer: FileAnswer,
  facts: FileFacts,
  now: number,
  date: string,
): FilePlan {
  const whole = { start: 0, end: facts.size };
  if (answer.status !== 200) return withBody(ctx, typedHead(answer, date), answer.status, [whole], facts.size);
  const file = validatorsOf(answer, facts, now);
  const verdict = evaluatePreconditions(ctx.inbound, file, now);
  if (verdict === 'failed')
    throw new ProxyError('preconditionFailed', 'the file is not the version that was asked for');
  const validators = validatorLines(file);
  if (verdict === 'unchanged') {
    const head = answerHead({ ...answer, status: 304, reason: statusPhrase(304) }, date) + validators;
    return { status: 304, head, body: null, length: 0 };
  }
  const ranges = rangesOf(ctx, file, facts.size, now);
  if (ranges === null) {
    const head = `${typedHead(answer, date)}${validators}Accept-Ranges: bytes\r\n`;
    return withBody(ctx, head, 200, [whole], facts.size);
  }
  const partial = { ...answer, status: 206, reason: statusPhrase(206) };
  if (ranges.length > 1) return multipart(ctx, partial, ranges, facts.size, date, validators);
  const [range] = ranges as [ByteRange];
  const head = `${typedHead(partial, date)}${validators}${contentRange(range, facts.size)}`;
  return withBody(ctx, head, 206, [range], range.end - range.start);
}

function typedHead(answer: FileAnswer, date: string): string {
  return answerHead(answer, date) + fieldLine('Content-Type', answer.contentType);
}

function withBody(ctx: RequestContext, head: string, status: number, body: FilePlan['body'], length: number): FilePlan {
  const told = `${head}Content-Length: ${length}\r\n`;
  return { status, head: told, body: ctx.inbound.method === 'HEAD' ? null : body, length };
}

/** A date that is still to come is not sent: it would be wrong until then (RFC 9110 8.8.2.1). */
function validatorsOf({ tagSuffix }: FileAnswer, { size, mtimeMs }: FileFacts, now: number): Validators {
  const micros = Math.trunc(mtimeMs * 1000).toString(16);
  return {
    tag: tagSuffix === null ? null : `"${micros}-${size.toString(16)}${tagSuffix}"`,
    modified: Math.floor(Math.min(mtimeMs, now) / 1000) * 1000,
  };
}

function validatorLines({ tag, modified }: Validators): string {
  return `Last-Modified: ${formatHttpDate(modified)}\r\n${tag === null ? '' : `ETag: ${tag}\r\n`}`;
}

/** @returns null when the file is sent whole */
function rangesOf(
  { inbound }: RequestContext,
  file: Validators,
  size: number,
  now: number,
): readonly ByteRange[] | null {
  const field = inbound.method === 'GET' ? inbound.field('range') : undefined;
  if (field === undefined || !rangeApplies(inbound, file, now)) return null;
  const ranges = parseRanges(field, size);
  if (ranges !== 'unsatisfiable') return ranges;
  const reason = `the file has ${size} bytes, and none of those that were asked for`;
  throw new ProxyError('rangeNotSatisfiable', reason, undefined, [['Content-Range', `bytes */${size}`]]);
}

function contentRange({ start, end }: ByteRange, size: number): string {
  return `Content-Range: bytes ${start}-${end - 1}/${size}\r\n`;
}

/** Several ranges (RFC 9110 14.6). */
function multipart(
  ctx: RequestContext,
  answer: FileAnswer,
  ranges: readonly ByteRange[],
  size: number,
  date: string,
  validators: string,
): FilePlan {
  const boundary = `narrows-${ctx.id}`;
  const type = fieldLine('Content-Type', answer.contentType);
  const body: (string | ByteRange)[] = [];
  let length = 0;
  for (const range of ranges) {
    const before = `${body.length === 0 ? '' : '\r\n'}--${boundary}\r\n${type}${contentRange(range, size)}\r\n`;
    body.push(before, range);
    length += before.length + range.end - range.start;
  }
  const last = `\r\n--${boundary}--\r\n`;
  body.push(last);
  const multipartType = `multipart/byteranges; boundary=${boundary}`;
  const head = typedHead({ ...answer, contentType: multipartType }, date) + validators;
  return withBody(ctx, head, 206, body, length + last.length);
}
