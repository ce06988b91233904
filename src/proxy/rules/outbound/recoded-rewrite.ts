// Changes a body that has a Content-Encoding: decoded, changed, and encoded again the same way, as it comes. The streams of
// node:zlib work in threads of their own, so bytes come out later than they went in; back-pressure goes through all three.
import { Buffer } from 'node:buffer';
import type { BodyOutput, BodyTransform } from '../../../model/body-transform.ts';
import { asProxyError, ProxyError } from '../../../model/proxy-error.ts';
import type { BodyFilter } from './body-filter.ts';
import type { Coding, CodingStream } from './codings.ts';
import type { FilterChain } from './plain-rewrite.ts';

/** Bytes that show how a body is framed. */
const START = 2;
/**
 * What is decoded may be so many times as long as what came, and MOST_ON_TOP more. Text is never: eight kilobytes of zstd can
 * be a gigabyte of blanks, all of which would be looked at and encoded again.
 */
const MOST_TIMES = 250;
const MOST_ON_TOP = 64 * 1024 * 1024;

export class RecodedRewrite implements BodyTransform {
  full = false;
  readonly #coding: Coding;
  readonly #chain: FilterChain;
  #output: BodyOutput | null = null;
  /** The body as far as it has come, while it is too short to tell. */
  #start: Buffer | null = Buffer.alloc(0);
  #decoder: CodingStream | null = null;
  #encoder: CodingStream | null = null;
  #filter: BodyFilter | null = null;
  /** Writes that the streams have not worked off. */
  #working = 0;
  #came = 0;
  #decoded = 0;
  /** Something was written to the encoder since it last let everything out. */
  #unflushed = false;
  #ended = false;
  #over = false;

  constructor(coding: Coding, chain: FilterChain) {
    this.#coding = coding;
    this.#chain = chain;
  }

  begin(output: BodyOutput): void {
    this.#output = output;
  }

  write(buffer: Buffer, start: number, end: number): void {
    if (this.#over || start === end) return;
    this.#came += end - start;
    const copy = Buffer.from(buffer.subarray(start, end)); // the streams read it later
    if (this.#start === null) return this.#decode(copy);
    this.#start = Buffer.concat([this.#start, copy]);
    if (this.#start.length >= START) this.#open();
  }

  end(): void {
    if (this.#over) return;
    this.#ended = true;
    if (this.#start !== null && this.#start.length === 0) return this.#output!.done(); // nothing is encoded as nothing
    if (this.#start !== null) this.#open();
    this.#decoder!.end();
  }

  pause(): void {
    this.#encoder?.pause();
  }

  resume(): void {
    this.#encoder?.resume();
  }

  destroy(): void {
    this.#over = true;
    this.#decoder?.destroy();
    this.#encoder?.destroy();
  }

  #open(): void {
    const start = this.#start!;
    this.#start = null;
    const decoder = this.#coding.decoder(start);
    const encoder = this.#coding.encoder(start);
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#filter = this.#chain({
      write: (buffer, from, to) => this.#encode(encoder, decoder, buffer.subarray(from, to)),
      end: () => encoder.end(),
    });
    decoder.on('data', (piece: Buffer) => this.#guarded(() => this.#filterPiece(piece)));
    decoder.on('end', () => this.#guarded(() => this.#filter!.end()));
    decoder.on('error', (error) => this.#fail(this.#notOfTheCoding(error)));
    decoder.on('drain', () => this.#takeMore());
    encoder.on('data', (piece: Buffer) => {
      if (!this.#over) this.#output!.write(piece, 0, piece.length);
    });
    encoder.on('end', () => {
      if (!this.#over) this.#output!.done();
    });
    encoder.on('error', (error) => this.#fail(asProxyError(error)));
    encoder.on('drain', () => decoder.resume());
    this.#decode(start);
  }

  #filterPiece(piece: Buffer): void {
    this.#decoded += piece.length;
    if (this.#decoded > this.#came * MOST_TIMES + MOST_ON_TOP)
      throw new ProxyError(
        'invalidResponse',
        `the body of the response is more than ${MOST_TIMES} times as long when its ${this.#coding.name} is decoded`,
      );
    this.#filter!.write(piece, 0, piece.length);
  }

  #decode(piece: Buffer): void {
    this.#working++;
    if (!this.#decoder!.write(piece, () => this.#workedOff())) this.full = true;
  }

  #encode(encoder: CodingStream, decoder: CodingStream, piece: Buffer): void {
    this.#working++;
    this.#unflushed = true;
    if (!encoder.write(piece, () => this.#workedOff())) decoder.pause();
  }

  /** What a server has sent on its own shall not wait here for what it sends next. */
  #workedOff(): void {
    this.#working--;
    if (this.#over || this.#ended || this.#working > 0 || !this.#unflushed) return;
    this.#unflushed = false;
    this.#encoder!.flush(this.#coding.flush);
  }

  #takeMore(): void {
    this.full = false;
    if (!this.#over && !this.#ended) this.#output!.ready();
  }

  #guarded(work: () => void): void {
    if (this.#over) return;
    try {
      work();
    } catch (error) {
      this.#fail(asProxyError(error));
    }
  }

  #notOfTheCoding(error: Error): ProxyError {
    return new ProxyError(
      'invalidResponse',
      `the body of the response is not whole ${this.#coding.name}: ${error.message}`,
    );
  }

  #fail(error: ProxyError): void {
    if (this.#over) return;
    this.destroy();
    this.#output!.fail(error);
  }
}
