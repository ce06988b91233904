// Answers made here on their way to the client: the stages that ask for it edit them as they edit the response of a
// server. Where none asks, nothing of that is done.
import { Buffer } from 'node:buffer';
import type { Clock } from '../../base/clock.ts';
import {
  type Answer,
  hasBody,
  type LocalAnswer,
  localAnswerHead,
  sendAnswer,
  sendWithHead,
} from '../../model/answer.ts';
import type { BodyTransform } from '../../model/body-transform.ts';
import { errorAnswer } from '../../model/error-answer.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import { RewrittenBody } from '../../model/rewritten-body.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { ResponseHeadScanner } from '../../wire/http1/response-head-scanner.ts';
import { FileSender } from '../content/file-sender.ts';
import { clientHead } from '../response/client-head.ts';
import type { AnsweredHere } from './outcome.ts';

/** The connection was dropped instead. */
const NOTHING: AnsweredHere = { status: 0, subStatus: 0 };

/** @param sent null when no head was */
type Done = (sent: AnsweredHere | null, error: ProxyError | null) => void;

interface EditedHead {
  head: string;
  transform: BodyTransform | null;
}

export class Answers {
  readonly #clock: Clock;
  readonly #date: () => string;
  readonly #onInternalError: (error: unknown) => void;
  readonly #scanner = new ResponseHeadScanner({ headerBytes: 1_048_576, headerCount: 10_000 });

  constructor(clock: Clock, date: () => string, onInternalError: (error: unknown) => void) {
    this.#clock = clock;
    this.#date = date;
    this.#onInternalError = onInternalError;
  }

  /** Sends `answer`; `done` is called at its end, at once or later. */
  send(ctx: RequestContext, answer: Answer, done: Done): void {
    if (answer.kind === 'abort') {
      ctx.client!.abortResponse();
      done(NOTHING, null);
    } else if (answer.kind === 'file') {
      const date = this.#date;
      new FileSender(ctx, answer, {
        ...{ clock: this.#clock, date },
        edit: (_, head) => this.#edit(ctx, head),
        onFileDone: (_, sent, error) => done(sent, error),
      }).begin();
    } else if (ctx.snapshot.answerStages.length === 0) {
      sendAnswer(ctx.client!, answer, ctx.inbound.method, this.#date());
      done(answer, null);
    } else {
      this.#sendEdited(ctx, answer, done);
    }
  }

  /** Tells the client what failed: by the page of a site where it has one, else by ours. */
  tell(ctx: RequestContext, error: ProxyError, done: (sent: AnsweredHere | null) => void): void {
    const send = (page: Answer | undefined): void =>
      this.send(ctx, page ?? ourAnswer(ctx, error), (sent, fault) => {
        if (fault?.code === 'internal') this.#onInternalError(fault.cause ?? fault);
        if (sent !== null || fault?.code === 'clientGone') return done(sent);
        sendAnswer(ctx.client!, ourAnswer(ctx, error), ctx.inbound.method, this.#date());
        done(null);
      });
    try {
      const page = pageFor(ctx, error);
      if (page instanceof Promise) page.then(send, (fault) => this.#tellAnyway(fault, send));
      else send(page);
    } catch (fault) {
      this.#tellAnyway(fault, send);
    }
  }

  #tellAnyway(fault: unknown, send: (page: undefined) => void): void {
    this.#onInternalError(fault);
    send(undefined);
  }

  #sendEdited(ctx: RequestContext, answer: LocalAnswer, done: Done): void {
    const client = ctx.client!;
    const { method } = ctx.inbound;
    let edited: EditedHead;
    try {
      edited = this.#edit(ctx, localAnswerHead(answer, this.#date()));
    } catch (fault) {
      return done(null, asProxyError(fault));
    }
    const { head, transform } = edited;
    if (transform !== null && hasBody(answer, method)) {
      const body = Buffer.from(answer.body);
      const source = {
        onClientDrain: () => {},
        onRewritten: (error: ProxyError | null) => finished(ctx, answer, error, done),
      };
      const target = new RewrittenBody(client, head, transform, source);
      target.sendBody(body, 0, body.length);
      target.flush();
      return target.end('');
    }
    sendWithHead(client, head, answer, method);
    done(answer, null);
  }

  /** @param head of an answer, as the router words it */
  #edit(ctx: RequestContext, head: string): EditedHead {
    const { answerStages } = ctx.snapshot;
    if (answerStages.length === 0) return { head, transform: null };
    const bytes = Buffer.from(`${head}\r\n`, 'latin1');
    this.#scanner.reset();
    this.#scanner.scan(bytes, 0, bytes.length);
    const draft = new ResponseDraft(this.#scanner.head(ctx.inbound.method));
    for (const stage of answerStages) stage.onResponseHead!(ctx, draft);
    return { head: clientHead(draft, 'PassThrough', this.#date()), transform: draft.transform };
  }
}

/** After a transform: an answer that cannot be completed breaks off where its head is sent. */
function finished(ctx: RequestContext, { status, subStatus }: LocalAnswer, error: ProxyError | null, done: Done): void {
  const client = ctx.client!;
  client.detach();
  if (error !== null && client.headSent && client.gone === null) client.abortResponse();
  done(client.headSent ? { status, subStatus } : null, error);
}

/** Ours, to `error`. */
export function ourAnswer(ctx: RequestContext, error: ProxyError): LocalAnswer {
  return errorAnswer(error, ctx.id, ctx.inbound.fieldOfKind(FieldKind.accept));
}

/** The page of a site for `error`; nothing where it has none. */
export function pageFor(ctx: RequestContext, error: ProxyError): Answer | undefined | Promise<Answer | undefined> {
  for (const stage of ctx.snapshot.stages) {
    const page = stage.onError?.(ctx, error);
    if (page !== undefined) return page;
  }
  return undefined;
}
