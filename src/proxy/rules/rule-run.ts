// One request on its way through the rules: the URL as it stands, what was captured last, and what explain wants to know.
import { type ErrorCode, ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { ResponseDraft } from '../../model/response-draft.ts';
import type { RuleStep } from '../../model/trace.ts';
import { decodePath, encodePath, pathEnd, resolveDotSegments } from '../../wire/target.ts';
import type { FileKind } from './file-kind.ts';
import type { Captures } from './patterns/pattern.ts';
import { encodeAgain, encodeOnce, encodeQuery, joinQueries } from './url-text.ts';

/** Longest text that a pattern is run on, in UTF-16 code units: it bounds what a slow pattern can cost (DESIGN 5). */
export const LONGEST_INPUT = 16_384;

/**
 * Longest URL, header or variable that rules make, in UTF-16 code units: a rule that writes {V}{V} into V doubles it, and
 * several such rules would fill the memory. Far above what any server takes.
 */
const LONGEST_MADE = 65_536;

/**
 * The rules of one request hold the thread no longer than this, ms, and as long again of the thread's own time. Each pattern has
 * its limit; a file of some thousand rules that all come close to theirs would still stop everybody else.
 */
const LONGEST_WORK = 1000;
/** The clock is looked at once in so many steps. */
const STEPS = 8;

export class RuleRun {
  readonly ctx: RequestContext;
  /** Current path, decoded, with its leading slash. */
  path: string;
  /** Current query as it goes on the wire, without `?`. */
  query: string;
  /** What patterns of rules see: the path without its leading slash (url-rewrite.md 4). */
  input: string;
  /** Of the pattern of the rule at work; null where nobody reads them. */
  ruleCaptures: Captures | null = null;
  conditionCaptures: Captures | null = null;
  /** The rule at work. */
  ruleName = '';
  /** Outbound rules: the response as it stands. */
  response: ResponseDraft | null = null;
  /** What explain is told of the rule at work; null when nobody asks. */
  step: RuleStep | null = null;
  /** The rule at work must wait for the disk: whether it applies is asked again once this has settled. */
  pending: Promise<void> | null = null;
  /** Headers of the client that rules have read, each in the slot of its name; null while they read none. */
  headers: (string | undefined)[] | null = null;
  /** What was found on the disk at physical paths; null while no rule asked. */
  files: Map<string, FileKind> | null = null;
  /** Path in wire form; null while it is the one received. */
  #wirePath: string | null = null;
  /** Steps of the work at hand that nobody else can interrupt; when their clock was first looked at, and the thread's own time then. */
  #steps = 0;
  #since = 0;
  #ownSince = 0;
  readonly #firstQuery: string;
  readonly #failureCode: ErrorCode;

  /** @param failureCode what a rule that cannot be carried out is answered with */
  constructor(ctx: RequestContext, failureCode: ErrorCode) {
    const { target } = ctx.outbound;
    const end = pathEnd(target);
    this.ctx = ctx;
    this.path = decodePath(target);
    this.query = end === target.length ? '' : target.slice(end + 1);
    this.input = this.path.slice(1);
    this.#firstQuery = this.query;
    this.#failureCode = failureCode;
  }

  /** What the pattern of a rule with this base sees; null where the URL is not below it (url-rewrite.md 4). */
  inputBelow(base: string): string | null {
    if (base === '/') return this.input;
    const { path } = this;
    const isBelow = path.slice(0, base.length).toLowerCase() === base.toLowerCase();
    if (isBelow) return path.slice(base.length);
    return `${path}/`.toLowerCase() === base.toLowerCase() ? '' : null;
  }

  /** Whatever cannot be carried out at run time is 500.50 to 500.53, naming the rule (url-rewrite.md 17). */
  failure(reason: string): ProxyError {
    return new ProxyError(this.#failureCode, `rule "${this.ruleName}": ${reason}`);
  }

  /** From here on the thread is held by this request. */
  beginWork(): void {
    this.#steps = 0;
    this.#since = 0;
    this.#ownSince = 0;
  }

  /** One more step of that work. @throws ProxyError when it has taken too long */
  checkWork(): void {
    if (++this.#steps % STEPS !== 0) return;
    const now = performance.now();
    if (this.#since === 0) this.#since = now;
    if (now - this.#since < LONGEST_WORK) return;
    // A busy machine may have kept the thread waiting: from here on only its own time counts.
    const { user, system } = process.threadCpuUsage();
    const own = (user + system) / 1000;
    if (this.#ownSince === 0) this.#ownSince = own;
    if (own - this.#ownSince < LONGEST_WORK) return;
    throw this.failure(`the rules up to it took more than ${LONGEST_WORK} ms`);
  }

  /** @throws ProxyError (414) when `text` is longer than what a pattern is run on */
  bound(text: string): string {
    if (text.length <= LONGEST_INPUT) return text;
    throw new ProxyError('uriTooLong', `rule "${this.ruleName}" was given ${text.length} characters to match`);
  }

  /** @throws ProxyError when `text`, which rules made, is too long. @param what such as `the URL` */
  made(text: string, what: string): string {
    if (text.length <= LONGEST_MADE) return text;
    throw this.failure(`${what} would have ${text.length} characters, and the most is ${LONGEST_MADE}`);
  }

  /**
   * Makes `url` (path and query, with the marks of url-text.ts) the current one.
   * @param append whether the current query follows the new one
   * @param keepEscapes whether escapes in the path stay as they are (useOriginalURLEncoding: false)
   * @param base what a path without a leading slash is relative to (url-rewrite.md 10)
   */
  replaceUrl(url: string, append: boolean, keepEscapes: boolean, base: string): void {
    const end = pathEnd(url);
    const own = end === url.length ? '' : encodeQuery(url.slice(end + 1));
    this.query = append ? joinQueries(own, this.query) : own;
    const path = end === url.length ? url : url.slice(0, end);
    this.#replacePath(path.startsWith('/') ? path : base + path, keepEscapes);
    this.made(this.query, 'the query');
    this.made(this.#wirePath ?? '', 'the path');
  }

  #replacePath(path: string, keepEscapes: boolean): void {
    // A path that the rules left as it was keeps the bytes of the client. With a % in it the text could mean another.
    if (path === this.path && !(keepEscapes && path.includes('%'))) return;
    const wire = keepEscapes ? encodeOnce(path) : encodeAgain(resolveDotSegments(path));
    this.#wirePath = wire;
    this.path = wire === path && !wire.includes('%') ? path : resolveDotSegments(decodePath(wire));
    this.input = this.path.slice(1);
  }

  /** Writes the URL as it stands into the draft. */
  finish(): void {
    const { outbound } = this.ctx;
    if (!outbound.rewritten) return;
    const received = outbound.target;
    if (this.#wirePath === null && this.query === this.#firstQuery && !received.includes('//')) return;
    if (received === '*' && this.#wirePath === null) return;
    const path = this.#wirePath ?? receivedPath(received, this.path);
    outbound.target = this.query === '' ? path : `${path}?${this.query}`;
  }
}

/** Repeated slashes are merged in what rules see: then it is what they saw that is sent (CONTRACT 3). */
function receivedPath(received: string, seen: string): string {
  const raw = received.slice(0, pathEnd(received));
  return raw.includes('//') ? encodePath(seen) : raw;
}
