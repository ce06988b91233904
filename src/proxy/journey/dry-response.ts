// The way back of a request, for explain: a response that somebody gave, as the client would get it.
import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { type Answer, answerHead, localAnswerHead } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { ResponseHeadScanner } from '../../wire/http1/response-head-scanner.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';
import { clientHead, type ServerFieldPolicy } from '../response/client-head.ts';
import { ourAnswer, pageFor } from './answers.ts';
import { transformed } from './transformed-body.ts';

export interface DryResponse {
  /** Status line and field lines, each with CRLF. */
  head: string;
  body: Buffer;
}

const LIMITS = { headerBytes: 1024 * 1024, headerCount: 10_000 };

/**
 * Runs the stages of `ctx`, after its dry run, on `head` and `body`: all of them on the response of a server, else those
 * that edit answers made here. Where they fail, the answer is the one that the client would get instead.
 * @param date as the Date field has it
 */
export async function dryResponse(
  ctx: RequestContext,
  head: ResponseHead,
  body: Buffer,
  date: string,
): Promise<DryResponse> {
  const { stages, answerStages } = ctx.snapshot;
  const policy = ctx.farm?.config.passServerHeader ?? 'Replace';
  try {
    return await edited(ctx, head, body, ctx.server === null ? answerStages : stages, policy, date);
  } catch (error) {
    return dryError(ctx, asProxyError(error), date);
  }
}

/** What the client would get of `error`: the page of the site, else ours. */
export async function dryError(ctx: RequestContext, error: ProxyError, date: string): Promise<DryResponse> {
  const ours = ourAnswer(ctx, error);
  try {
    const { head: text, body } = await wordedAnswer((await pageFor(ctx, error)) ?? ours, date);
    const scanner = new ResponseHeadScanner(LIMITS);
    const bytes = Buffer.from(`${text}\r\n`, 'latin1');
    scanner.scan(bytes, 0, bytes.length);
    const head = scanner.head(ctx.inbound.method);
    return await edited(ctx, head, body, ctx.snapshot.answerStages, 'PassThrough', date);
  } catch {
    return wordedAnswer(ours, date);
  }
}

/** @throws ProxyError, and whatever else fails in a stage */
async function edited(
  ctx: RequestContext,
  head: ResponseHead,
  body: Buffer,
  stages: readonly Stage[],
  policy: ServerFieldPolicy,
  date: string,
): Promise<DryResponse> {
  const draft = new ResponseDraft(head);
  for (const stage of stages) stage.onResponseHead?.(ctx, draft);
  const text = clientHead(draft, policy, date);
  return { head: text, body: draft.transform === null ? body : await transformed(draft.transform, body) };
}

async function wordedAnswer(answer: Answer, date: string): Promise<DryResponse> {
  if (answer.kind === 'answer') return { head: localAnswerHead(answer, date), body: Buffer.from(answer.body) };
  if (answer.kind === 'abort') throw new Error('no page of an error drops the connection');
  const body = await readFile(answer.source.realPath);
  const length = `Content-Length: ${body.length}\r\n`;
  return { head: answerHead(answer, date) + fieldLine('Content-Type', answer.contentType) + length, body };
}
