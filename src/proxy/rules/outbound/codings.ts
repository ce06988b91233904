// Content codings (RFC 9110 8.4.1) that a body can be taken out of and put into again, by node:zlib.
import * as zlib from 'node:zlib';

/** A stream of node:zlib. */
export type CodingStream = zlib.Gzip | zlib.Inflate | zlib.BrotliCompress;

export interface Coding {
  readonly name: string;
  /** @param start first bytes of the body */
  decoder(start: Buffer): CodingStream;
  encoder(start: Buffer): CodingStream;
  /** Operation that lets out all that was written so far. */
  readonly flush: number;
}

/** Output comes in pieces of this size; the bytes that wait to be coded are bounded by it too. */
const PIECE = 65_536;
/** More than a server sends in one read: it is asked for more while the last is being worked on. */
const WAITING = 262_144;
const common = { chunkSize: PIECE, writableHighWaterMark: WAITING, readableHighWaterMark: PIECE };
/** Cheap: the body is coded anew for each response. */
const deflateOptions = { ...common, level: 4 };
const { constants } = zlib;
const brotliOptions = { ...common, params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const gzip: Coding = {
  name: 'gzip',
  decoder: () => zlib.createGunzip(common),
  encoder: () => zlib.createGzip(deflateOptions),
  flush: constants.Z_SYNC_FLUSH,
};

/** By the standard with the frame of zlib; some servers send it without (RFC 9110 8.4.1.2). */
const deflate: Coding = {
  name: 'deflate',
  decoder: (start) => (hasZlibFrame(start) ? zlib.createInflate(common) : zlib.createInflateRaw(common)),
  encoder: (start) =>
    hasZlibFrame(start) ? zlib.createDeflate(deflateOptions) : zlib.createDeflateRaw(deflateOptions),
  flush: constants.Z_SYNC_FLUSH,
};

const brotli: Coding = {
  name: 'br',
  decoder: () => zlib.createBrotliDecompress(common),
  encoder: () => zlib.createBrotliCompress(brotliOptions),
  flush: constants.BROTLI_OPERATION_FLUSH,
};

const zstd: Coding = {
  name: 'zstd',
  decoder: () => zlib.createZstdDecompress(common),
  encoder: () => zlib.createZstdCompress(common),
  flush: constants.ZSTD_e_flush,
};

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
  ...(typeof zlib.createZstdCompress === 'function' ? ([['zstd', zstd]] as const) : []),
]);

/** RFC 1950 2.2: the method is 8, and the two bytes are a multiple of 31. */
function hasZlibFrame(start: Buffer): boolean {
  return start.length < 2 || ((start[0]! & 0x0f) === 8 && start.readUInt16BE(0) % 31 === 0);
}

/**
 * @param value of Content-Encoding; '' when there is none
 * @returns null for a body that is not encoded, undefined for a coding that is not known, or several
 */
export function codingOf(value: string): Coding | null | undefined {
  const name = value.trim().toLowerCase();
  return name === '' || name === 'identity' ? null : CODINGS.get(name);
}
