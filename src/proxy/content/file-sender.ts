// Sends one file to the client, with back-pressure both ways: at most one piece of it waits in memory. Between opening
// and closing it hears of the client; whatever happens, the file is closed.
import { Buffer } from 'node:buffer';
import { close, constants, fstat, open, read } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { versionOf } from '../../base/file-version.ts';
import type { FileAnswer } from '../../model/answer.ts';
import type { BodyTransform } from '../../model/body-transform.ts';
import { BODY_NONE, type BodySink, type ClientExchange } from '../../model/client.ts';
import { asProxyError, ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { type BodySource, RewrittenBody } from '../../model/rewritten-body.ts';
import type { ByteRange } from '../../wire/byte-ranges.ts';
import { isOpenAs } from './opened-place.ts';
import { type FileFacts, type FilePlan, planFile } from './plan-file.ts';

const PIECE = 65_536;
/** What was a file a moment ago may be a pipe by now: opening it must not wait for a writer. */
const HOW = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
const VANISHED: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

export interface FileSenderOwner {
  readonly clock: Clock;
  /** The Date field's value for now. */
  date(): string;
  /** The head as stages leave it, and what changes the body. May throw. */
  edit(ctx: RequestContext, head: string): { head: string; transform: BodyTransform | null };
  /**
   * Called once, when the file is closed or about to be.
   * @param sent null when no head was: of an error, the client is then still to be told
   */
  onFileDone(ctx: RequestContext, sent: { status: number; subStatus: number } | null, error: ProxyError | null): void;
}

export class FileSender implements BodySink, BodySource {
  readonly #ctx: RequestContext;
  readonly #answer: FileAnswer;
  readonly #owner: FileSenderOwner;
  #target: ClientExchange | RewrittenBody;
  #fd = -1;
  /** The thread pool works on the file: it may not be closed before that has come back. */
  #working = false;
  #over = false;
  #plan: FilePlan | null = null;
  /** Index in the plan's body, and what is left of the range there. */
  #at = 0;
  #start = 0;
  #end = 0;
  #piece: Buffer | null = null;
  /** All of the file, when it is remembered: then nothing is opened. */
  #content: Buffer | null = null;
  #version = '';
  #waiting = false;

  constructor(ctx: RequestContext, answer: FileAnswer, owner: FileSenderOwner) {
    this.#ctx = ctx;
    this.#answer = answer;
    this.#owner = owner;
    this.#target = ctx.client!;
  }

  begin(): void {
    this.#ctx.client!.attach(this);
    if (this.#over) return;
    const { source, memory } = this.#answer;
    this.#content = memory?.contentOf(source) ?? null;
    if (this.#content !== null) return this.#respond(source);
    this.#working = true;
    open(source.realPath, HOW, (error, fd) => {
      if (error === null) this.#fd = fd;
      if (this.#returned(error)) this.#look();
    });
  }

  #look(): void {
    this.#working = true;
    fstat(this.#fd, (error, facts) => {
      if (!this.#returned(error)) return;
      if (!facts.isFile())
        return this.#finish(new ProxyError('fileNotFound', `${this.#answer.url} is no file any more`));
      this.#version = versionOf(facts);
      this.#confirm(facts);
    });
  }

  #confirm(facts: FileFacts): void {
    this.#working = true;
    isOpenAs(this.#fd, this.#answer.source.realPath, (is) => {
      if (!this.#returned(null)) return;
      if (is) this.#respond(facts);
      else this.#finish(new ProxyError('fileNotFound', `there is another file for ${this.#answer.url} by now`));
    });
  }

  /** The thread pool is done. @returns whether to go on */
  #returned(error: NodeJS.ErrnoException | null): boolean {
    this.#working = false;
    if (this.#over) this.#close();
    else if (error !== null) this.#finish(failureOf(error, this.#answer.url));
    return !this.#over;
  }

  #respond(facts: FileFacts): void {
    const { clock } = this.#owner;
    try {
      const plan = planFile(this.#ctx, this.#answer, facts, clock.wall(), this.#owner.date());
      this.#plan = plan;
      const { head, transform } = this.#owner.edit(this.#ctx, plan.head);
      this.#sendHead(plan, head, transform);
    } catch (error) {
      return this.#finish(asProxyError(error));
    }
    if (!this.#over) this.#next();
  }

  #sendHead(plan: FilePlan, head: string, transform: BodyTransform | null): void {
    const client = this.#ctx.client!;
    client.detach(); // a request body that has come is dropped with the head, and the connection kept
    if (transform !== null && plan.body !== null) {
      this.#target = new RewrittenBody(client, head, transform, this);
      return;
    }
    client.sendHead(head, plan.body === null ? BODY_NONE : plan.length);
    client.attach(this);
  }

  /** The next part of the plan that has bytes, or the end. */
  #next(): void {
    const target = this.#target;
    for (const part of this.#plan!.body?.slice(this.#at) ?? []) {
      this.#at++;
      if (typeof part === 'string') {
        const text = Buffer.from(part, 'latin1');
        target.sendBody(text, 0, text.length);
      } else if (part.start < part.end) {
        return this.#begin(part);
      }
    }
    if (target instanceof RewrittenBody) return target.end('');
    target.endBody('');
    this.#finish(null);
  }

  #begin({ start, end }: ByteRange): void {
    if (this.#content !== null) {
      this.#target.sendBody(this.#content, start, end);
      return this.#next();
    }
    this.#start = start;
    this.#end = end;
    this.#read();
  }

  #read(): void {
    const length = Math.min(PIECE, this.#end - this.#start);
    // A piece that the socket has not let go of belongs to it (DESIGN 5).
    if (this.#piece === null || this.#piece.length < length || this.#ctx.client!.retains)
      this.#piece = Buffer.allocUnsafeSlow(length);
    const piece = this.#piece;
    this.#working = true;
    read(this.#fd, piece, 0, length, this.#start, (error, got) => {
      if (this.#returned(error)) this.#send(piece, got);
    });
  }

  #send(piece: Buffer, got: number): void {
    if (got === 0) return this.#break();
    if (this.#start === 0 && got === this.#answer.source.size) this.#keep(piece);
    this.#target.sendBody(piece, 0, got);
    this.#start += got;
    if (this.#start === this.#end) return this.#next();
    this.#waiting = true; // before flush(), which may end it all
    if (this.#target.flush()) this.onClientDrain();
  }

  /** All of a small file: the next one who asks for it need not read it. */
  #keep(piece: Buffer): void {
    const { source, memory } = this.#answer;
    if (memory === null || piece.length !== source.size || !memory.wants(source)) return;
    memory.keep(source, this.#version, piece);
    this.#piece = null; // it belongs to the memory now
  }

  /** Shorter than when it was opened: what the head promised cannot be kept, and the client must see that. */
  #break(): void {
    this.#finish(new ProxyError('fileChanged', `${this.#answer.url} became shorter while it was sent`));
  }

  onClientDrain(): void {
    if (this.#over || !this.#waiting) return;
    this.#waiting = false;
    this.#read();
  }

  onClientGone(error: ProxyError): void {
    this.#finish(error);
  }

  onRewritten(error: ProxyError | null): void {
    this.#finish(error);
  }

  onBody(): void {}

  onBodyPause(): void {}

  onBodyEnd(): void {}

  #finish(error: ProxyError | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#piece = null;
    const client = this.#ctx.client!;
    if (this.#target instanceof RewrittenBody) this.#target.destroy();
    client.detach();
    if (!this.#working) this.#close();
    if (error !== null && client.headSent && client.gone === null) client.abortResponse();
    const sent = client.headSent ? { status: this.#plan!.status, subStatus: this.#answer.subStatus } : null;
    this.#owner.onFileDone(this.#ctx, sent, error);
  }

  #close(): void {
    if (this.#fd === -1) return;
    close(this.#fd, () => {}); // nothing was written: there is nothing to lose
    this.#fd = -1;
  }
}

/** The file was there when it was looked for. */
function failureOf(error: NodeJS.ErrnoException, url: string): ProxyError {
  if (VANISHED.has(error.code)) return new ProxyError('fileNotFound', `there is no file for ${url} any more`, error);
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return new ProxyError('fileNotReadable', `the router may not read the file of ${url}`, error);
  return new ProxyError('internal', `the file of ${url} could not be read`, error);
}
