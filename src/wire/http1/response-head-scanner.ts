// Reads response heads from bytes as they come. A server is refused as strictly as a client: a response whose end is
// in doubt must become a visible failure (RFC 9112 4 and 6.3).

import { latin1Slice } from '../../base/latin1.ts';
import { judgeTransferCoding, parseContentLength } from './body-framing.ts';
import { BodyKind } from './body-kind.ts';
import { ConnectionOptions } from './connection-options.ts';
import { FieldKind } from './fields.ts';
import { FieldLineScanner, type HeadRefusal, REFUSED } from './head-scanner.ts';
import { listMembers } from './list-members.ts';
import { FIELD_STRIDE } from './message-head.ts';
import { type ResponseFacts, ResponseHead } from './response-head.ts';
import { StatusLineScanner } from './status-line-scanner.ts';

export interface ResponseHeadLimits {
  /** Bytes of the whole head. */
  readonly headerBytes: number;
  readonly headerCount: number;
}

/** How far a head is: begun or not, whole, or refused. */
const READING = 0;
const COMPLETE = 1;
const STOPPED = 2;

/** Where the reason phrase begins: behind `HTTP/1.1 200 `. */
const REASON_AT = 13;

export class ResponseHeadScanner implements ResponseFacts {
  /** Why scan() answered REFUSED: 431 for a head beyond the limits, 400 for a malformed one. */
  refusal: HeadRefusal | null = null;
  // The head that was read: valid from the success of scan() to the next one.
  text = '';
  fieldsStart = 0;
  status = 0;
  reason = '';
  minorVersion: 0 | 1 = 1;
  contentLength = -1;
  keepAliveTimeout = -1;
  connectionOptions: readonly string[] | null = null;
  readonly #line: StatusLineScanner;
  readonly #lines: FieldLineScanner;
  readonly #options = new ConnectionOptions();
  #chunked = false;
  #keepAlive = false;
  #state = READING;
  /** Bytes already read, from the start that scan() is given. */
  #position = 0;

  constructor(limits: ResponseHeadLimits) {
    this.#line = new StatusLineScanner(limits.headerBytes);
    this.#lines = new FieldLineScanner(limits.headerBytes, limits.headerCount);
  }

  /** Bytes looked at since the scanner was made: what tests of its work count. */
  get bytesScanned(): number {
    return this.#line.bytesScanned + this.#lines.bytesScanned;
  }

  /** A new array of the right size at each call. */
  get fields(): readonly number[] {
    return this.#lines.offsets.slice(0, this.#lines.count * FIELD_STRIDE);
  }

  get fieldCount(): number {
    return this.#lines.count;
  }

  get seenLow(): number {
    return this.#lines.seenLow;
  }

  get seenHigh(): number {
    return this.#lines.seenHigh;
  }

  /** Makes ready for another head, and lets go of the one that was read. */
  reset(): void {
    this.#state = READING;
    this.#position = 0;
    this.#line.reset();
    this.refusal = null;
    this.text = '';
    this.connectionOptions = null;
  }

  /**
   * Reads a head from buffer[start, end). After NEED_MORE call it again with a buffer (the same or another) whose
   * first bytes are the same and are followed by more; it goes on where it stopped. After success it begins anew.
   * @returns the index after the head, NEED_MORE, or REFUSED (see refusal; only reset() leads out of it)
   */
  scan(buffer: Buffer, start: number, end: number): number {
    if (this.#state === COMPLETE) this.reset();
    else if (this.#state === STOPPED) return REFUSED;
    const line = this.#line;
    let after = start + this.#position;
    if (!line.done) {
      after = line.scan(buffer, after, start, end);
      if (after < 0) return this.#pause(after, end - start, line.refusal);
      this.#lines.begin(line.maxLength);
    }
    after = this.#lines.scan(buffer, after, end, start);
    return after < 0 ? this.#pause(after, end - start, this.#lines.refusal) : this.#finish(buffer, start, after);
  }

  /**
   * The head that scan() has just read whole.
   * @param requestMethod the response to HEAD has no body, whatever its fields say
   */
  head(requestMethod: string): ResponseHead {
    if (this.#state !== COMPLETE) throw new Error('no whole response head has been scanned');
    const bodyKind = this.#bodyKind(requestMethod);
    return new ResponseHead(this, bodyKind, this.#keepAlive && bodyKind !== BodyKind.close);
  }

  /** RFC 9112 6.3. */
  #bodyKind(requestMethod: string): BodyKind {
    if (this.#hasNoContent || this.status === 304 || requestMethod === 'HEAD') return BodyKind.none;
    if (this.#chunked) return BodyKind.chunked;
    return this.contentLength < 0 ? BodyKind.close : BodyKind.length;
  }

  /** Statuses that never have content, nor fields that announce any (RFC 9110 8.6, RFC 9112 6.1). */
  get #hasNoContent(): boolean {
    return this.status < 200 || this.status === 204;
  }

  /** @param result NEED_MORE or REFUSED @returns `result` */
  #pause(result: number, position: number, refusal: HeadRefusal | null): number {
    this.#position = position;
    if (result === REFUSED) {
      this.#state = STOPPED;
      this.refusal = refusal;
    }
    return result;
  }

  /** The head is whole: judges what its fields say together. @param after index after the empty line */
  #finish(buffer: Buffer, start: number, after: number): number {
    const { lineEnd, minorVersion, status } = this.#line;
    const text = latin1Slice(buffer, start, after - 2);
    this.text = text;
    this.fieldsStart = lineEnd;
    this.minorVersion = minorVersion;
    this.status = status;
    this.reason = text.slice(REASON_AT, lineEnd - 2);
    this.#judgeConnection();
    const fault = this.#judgeFraming();
    if (fault !== null) return this.#pause(REFUSED, 0, { status: 400, reason: fault });
    this.#state = COMPLETE;
    return after;
  }

  #judgeConnection(): void {
    const lines = this.#lines;
    this.#keepAlive = this.minorVersion === 1;
    this.keepAliveTimeout = -1;
    if (lines.has(FieldKind.connection)) {
      const options = this.#options;
      options.clear();
      options.add(lines.joinedValues(FieldKind.connection, this.text));
      this.#keepAlive = !options.close && !options.malformed && (this.#keepAlive || options.keepAlive);
      this.connectionOptions = options.names;
    }
    if (lines.has(FieldKind.keepAlive)) this.#readKeepAlive(lines.joinedValues(FieldKind.keepAlive, this.text));
  }

  #readKeepAlive(value: string): void {
    for (const parameter of listMembers(value)) {
      if (parameter.startsWith('timeout=')) {
        this.keepAliveTimeout = parseContentLength(parameter, 'timeout='.length, parameter.length);
      }
    }
  }

  /** @returns what is wrong, null when the end of the body is certain */
  #judgeFraming(): string | null {
    const lines = this.#lines;
    const hasCoding = lines.has(FieldKind.transferEncoding);
    this.#chunked = false;
    this.contentLength = -1;
    if (hasCoding) {
      if (this.minorVersion === 0) return 'Transfer-Encoding in an HTTP/1.0 response';
      if (lines.has(FieldKind.contentLength)) return 'Content-Length beside Transfer-Encoding';
      if (judgeTransferCoding(lines.joinedValues(FieldKind.transferEncoding, this.text)) !== 'chunked') {
        return 'a Transfer-Encoding other than chunked';
      }
      this.#chunked = true;
    } else if (lines.has(FieldKind.contentLength)) {
      if (this.connectionOptions?.includes('content-length')) return 'the Connection header names Content-Length';
      const length = this.#readContentLength();
      if (length < 0) return 'malformed or contradictory Content-Length';
      this.contentLength = length;
    }
    // A server that announces content where there is none may also send it: nothing else is read from there.
    if (this.#hasNoContent && (hasCoding || this.contentLength > 0)) this.#keepAlive = false;
    return null;
  }

  /** RFC 9110 8.6: a length that is repeated must be the same each time. @returns -1 when it is not, or is no number */
  #readContentLength(): number {
    const { offsets, count } = this.#lines;
    let length = -1;
    for (let at = 0; at < count * FIELD_STRIDE; at += FIELD_STRIDE) {
      if (offsets[at] !== FieldKind.contentLength) continue;
      const value = parseContentLength(this.text, offsets[at + 3], offsets[at + 4]);
      if (value < 0 || (length >= 0 && value !== length)) return -1;
      length = value;
    }
    return length;
  }
}
