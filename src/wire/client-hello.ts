// The first message of a TLS client, read before TLS begins: the name that it asks for, and the protocols that it offers. Nothing
// in it is believed beyond its shape; TLS itself checks the rest.
import { Buffer } from 'node:buffer';

/** What a ClientHello says that is of use before TLS begins. */
export interface ClientHello {
  /** server_name in lower case, without a dot at its end (RFC 6066 3); '' where it names none. */
  readonly serverName: string;
  /** ALPN (RFC 7301), in the client's order. */
  readonly protocols: readonly string[];
}

/** Of one message with its records; those of today have under 2 KB. */
export const LONGEST_CLIENT_HELLO = 16_384;

const RECORD_HEADER = 5;
const HANDSHAKE_RECORD = 22;
const MOST_IN_RECORD = 16_384;
const MESSAGE_HEADER = 4;
const CLIENT_HELLO = 1;
const VERSION_AND_RANDOM = 34;
const SERVER_NAME = 0;
const ALPN = 16;
const HOST_NAME = 0;
/** RFC 1035 2.3.4; the underscore is met in practice. */
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/;
const LONGEST_NAME = 255;

/** Bytes that do not have the shape of a ClientHello. */
class Malformed extends Error {}

/**
 * Reads the ClientHello at the start of `bytes`, split over records as the client likes (RFC 8446 4.1.2, 5.1).
 * @returns null while more bytes are needed; 'other' where this is no TLS; 'malformed' for what claims to be and is not, or is
 *   longer than LONGEST_CLIENT_HELLO
 */
export function readClientHello(bytes: Buffer): ClientHello | null | 'other' | 'malformed' {
  if (bytes.length === 0) return null;
  if (bytes[0] !== HANDSHAKE_RECORD) return 'other';
  try {
    const message = joinRecords(bytes);
    return message === null ? null : readMessage(message);
  } catch (error) {
    if (error instanceof Malformed) return 'malformed';
    throw error;
  }
}

/** The body of the message, without the headers of its records and its own; null while it is not whole. */
function joinRecords(bytes: Buffer): Buffer | null {
  const pieces: Buffer[] = [];
  let held = 0;
  let end = 0;
  for (let at = 0; at < bytes.length; ) {
    require(at < LONGEST_CLIENT_HELLO && bytes[at] === HANDSHAKE_RECORD);
    require(at + 1 === bytes.length || bytes[at + 1] === 3);
    if (at + RECORD_HEADER > bytes.length) break;
    const length = bytes.readUInt16BE(at + 3);
    require(length > 0 && length <= MOST_IN_RECORD);
    const piece = bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    pieces.push(piece);
    held += piece.length;
    if (end === 0 && held >= MESSAGE_HEADER) end = endOf(Buffer.concat(pieces));
    if (end > 0 && held >= end) return Buffer.concat(pieces).subarray(MESSAGE_HEADER, end);
    at += RECORD_HEADER + length;
  }
  return null;
}

/** @param message its header at least */
function endOf(message: Buffer): number {
  require(message[0] === CLIENT_HELLO);
  const end = MESSAGE_HEADER + message.readUIntBE(1, 3);
  require(end >= MESSAGE_HEADER + VERSION_AND_RANDOM && end <= LONGEST_CLIENT_HELLO);
  return end;
}

function readMessage(message: Buffer): ClientHello {
  const fields = new Fields(message);
  fields.skip(VERSION_AND_RANDOM);
  fields.block(1); // session id
  fields.block(2); // cipher suites
  fields.block(1); // compression methods
  let serverName = '';
  let protocols: readonly string[] = [];
  if (fields.left > 0) {
    const extensions = new Fields(fields.block(2));
    while (extensions.left > 0) {
      const kind = extensions.number(2);
      const body = extensions.block(2);
      if (kind === SERVER_NAME) serverName = readServerName(new Fields(body));
      else if (kind === ALPN) protocols = readProtocols(new Fields(body));
    }
  }
  return { serverName, protocols };
}

function readServerName(body: Fields): string {
  const names = new Fields(body.block(2));
  while (names.left > 0) {
    const kind = names.number(1);
    const name = names.block(2);
    if (kind !== HOST_NAME) continue;
    const text = serverNameIn(name.toString('latin1'));
    require(text !== null);
    return text;
  }
  return '';
}

/** `text` as a host name in lower case, without a dot at its end; null where it is none. */
export function serverNameIn(text: string): string | null {
  const name = text.toLowerCase();
  if (name.length > LONGEST_NAME || !NAME.test(name)) return null;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function readProtocols(body: Fields): string[] {
  const list = new Fields(body.block(2));
  const protocols: string[] = [];
  while (list.left > 0) protocols.push(list.block(1).toString('latin1'));
  return protocols;
}

/** Reads one after the other. @throws Malformed where less is left than is asked for */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(bytes: number): void {
    require(bytes <= this.left);
    this.#at += bytes;
  }

  /** @param width bytes that it has */
  number(width: 1 | 2): number {
    this.skip(width);
    return this.#bytes.readUIntBE(this.#at - width, width);
  }

  /** Bytes whose length stands before them, in `width` bytes. */
  block(width: 1 | 2): Buffer {
    const length = this.number(width);
    this.skip(length);
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function require(holds: boolean): asserts holds {
  if (!holds) throw new Malformed();
}
