// Reads request heads from bytes as they come and refuses what RFC 9112 says to refuse, at the first wrong byte.
// What the fields mean together is judged once the head is whole.

import { latin1Slice } from '../../base/latin1.ts';
import { comparableAuthority, isAuthority } from './authority.ts';
import { judgeTransferCoding, parseContentLength } from './body-framing.ts';
import { BodyKind } from './body-kind.ts';
import { ConnectionOptions } from './connection-options.ts';
import { FieldKind } from './fields.ts';
import { FieldLineScanner, type HeadRefusal, REFUSED } from './head-scanner.ts';
import { listMembers } from './list-members.ts';
import { FIELD_STRIDE } from './message-head.ts';
import { type RequestFacts, RequestHead } from './request-head.ts';
import { RequestLineScanner } from './request-line-scanner.ts';

export interface RequestHeadLimits {
  /** Bytes of the request line with its CRLF. */
  readonly requestLine: number;
  /** Bytes of all field lines with the empty line. */
  readonly headerBytes: number;
  readonly headerCount: number;
}

/** How far a head is: begun or not, whole, or refused. */
const READING = 0;
const COMPLETE = 1;
const STOPPED = 2;

/** Fields that Connection may not name: dropping one would change where the request goes, or whose it is (CONTRACT 3). */
const NEVER_CONNECTION_OPTIONS = ['host', 'content-length', 'transfer-encoding', 'cookie', 'authorization'];

export class RequestHeadScanner implements RequestFacts {
  /** Why scan() answered REFUSED. */
  refusal: HeadRefusal | null = null;
  // The head that was read: valid from the success of scan() to the next one.
  text = '';
  fieldsStart = 0;
  method = '';
  target = '';
  path = '';
  scheme = '';
  minorVersion: 0 | 1 = 1;
  host = '';
  bodyKind: BodyKind = BodyKind.none;
  contentLength = 0;
  keepAlive = false;
  expectContinue = false;
  wantsUpgrade = false;
  connectionOptions: readonly string[] | null = null;
  acceptsTrailers = false;
  readonly #line: RequestLineScanner;
  readonly #lines: FieldLineScanner;
  readonly #options = new ConnectionOptions();
  #state = READING;
  /** Bytes already read, from the start that scan() is given. */
  #position = 0;

  constructor(limits: RequestHeadLimits) {
    this.#line = new RequestLineScanner(limits.requestLine);
    this.#lines = new FieldLineScanner(limits.headerBytes, limits.headerCount);
  }

  /** Whether a byte of the request line was seen: the connection is no longer idle. */
  get started(): boolean {
    return this.#line.started;
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
      this.#lines.begin(line.lineEnd + this.#lines.headerBytes);
    }
    const base = start + line.leading;
    after = this.#lines.scan(buffer, after, end, base);
    return after < 0 ? this.#pause(after, end - start, this.#lines.refusal) : this.#finish(buffer, base, after);
  }

  /** The head that scan() has just read whole. */
  head(): RequestHead {
    if (this.#state !== COMPLETE) throw new Error('no whole request head has been scanned');
    return new RequestHead(this);
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
  #finish(buffer: Buffer, base: number, after: number): number {
    const { methodEnd, targetEnd, lineEnd, minorVersion, special } = this.#line;
    const text = latin1Slice(buffer, base, after - 2);
    this.text = text;
    this.fieldsStart = lineEnd;
    this.method = text.slice(0, methodEnd);
    this.target = text.slice(methodEnd + 1, targetEnd);
    this.minorVersion = minorVersion;
    this.path = special === null ? this.target : special.path;
    this.scheme = special === null ? '' : special.scheme;
    this.host = special === null ? '' : special.authority;
    const refusal = this.#judgeHost() ?? this.#judgeConnection() ?? this.#judgeFraming();
    if (refusal !== null) return this.#pause(REFUSED, 0, refusal);
    this.#readExpectations();
    this.#state = COMPLETE;
    return after;
  }

  /** RFC 9112 3.2, and a Host that says otherwise than an absolute target is refused as ambiguous. */
  #judgeHost(): HeadRefusal | null {
    const lines = this.#lines;
    if (!lines.has(FieldKind.host)) {
      return this.minorVersion === 0 ? null : { status: 400, reason: 'no Host header' };
    }
    if (lines.isRepeated(FieldKind.host)) return { status: 400, reason: 'more than one Host header' };
    const at = lines.find(FieldKind.host);
    const valueStart = lines.offsets[at + 3];
    const valueEnd = lines.offsets[at + 4];
    if (!isAuthority(this.text, valueStart, valueEnd)) return { status: 400, reason: 'malformed Host header' };
    const host = this.text.slice(valueStart, valueEnd);
    if (this.scheme === '') this.host = host;
    else if (comparableAuthority(host, this.scheme) !== comparableAuthority(this.host, this.scheme)) {
      return { status: 400, reason: 'the Host header differs from the host of the request target' };
    }
    return null;
  }

  #judgeConnection(): HeadRefusal | null {
    const lines = this.#lines;
    const isHttp11 = this.minorVersion === 1;
    this.keepAlive = isHttp11;
    this.wantsUpgrade = false;
    if (!lines.has(FieldKind.connection)) return null;
    const options = this.#options;
    options.clear();
    options.add(lines.joinedValues(FieldKind.connection, this.text));
    if (options.malformed) return { status: 400, reason: 'malformed Connection header' };
    if (options.names?.some((name) => NEVER_CONNECTION_OPTIONS.includes(name))) {
      return { status: 400, reason: 'the Connection header names a header that must be relayed' };
    }
    this.keepAlive = !options.close && (isHttp11 || options.keepAlive);
    // RFC 9110 7.8: Upgrade in an HTTP/1.0 request is ignored.
    this.wantsUpgrade = options.upgrade && isHttp11 && lines.has(FieldKind.upgrade);
    this.connectionOptions = options.names;
    return null;
  }

  /** RFC 9112 6.3, without its leniencies. */
  #judgeFraming(): HeadRefusal | null {
    const lines = this.#lines;
    const hasLength = lines.has(FieldKind.contentLength);
    this.bodyKind = BodyKind.none;
    this.contentLength = 0;
    if (lines.has(FieldKind.transferEncoding)) {
      if (this.minorVersion === 0) return { status: 400, reason: 'Transfer-Encoding in an HTTP/1.0 request' };
      if (hasLength) return { status: 400, reason: 'Content-Length beside Transfer-Encoding' };
      const verdict = judgeTransferCoding(lines.joinedValues(FieldKind.transferEncoding, this.text));
      if (verdict === 'unknown') return { status: 501, reason: 'only the transfer coding chunked is served' };
      if (verdict === 'malformed') return { status: 400, reason: 'malformed Transfer-Encoding header' };
      this.bodyKind = BodyKind.chunked;
    } else if (hasLength) {
      if (lines.isRepeated(FieldKind.contentLength)) return { status: 400, reason: 'more than one Content-Length' };
      const at = lines.find(FieldKind.contentLength);
      this.contentLength = parseContentLength(this.text, lines.offsets[at + 3], lines.offsets[at + 4]);
      if (this.contentLength < 0) return { status: 400, reason: 'malformed Content-Length header' };
      this.bodyKind = BodyKind.length;
    }
    return null;
  }

  /** Expect and TE mean nothing from an HTTP/1.0 client (RFC 9110 10.1.1, RFC 9112 7.4). */
  #readExpectations(): void {
    const lines = this.#lines;
    const isHttp11 = this.minorVersion === 1;
    this.expectContinue =
      isHttp11 &&
      this.bodyKind !== BodyKind.none &&
      lines.has(FieldKind.expect) &&
      listMembers(lines.joinedValues(FieldKind.expect, this.text)).includes('100-continue');
    this.acceptsTrailers =
      isHttp11 &&
      lines.has(FieldKind.te) &&
      listMembers(lines.joinedValues(FieldKind.te, this.text)).includes('trailers');
  }
}
