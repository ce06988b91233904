// HTTP/1.1 messages taken apart for looking at, on purpose not by the router's own parser: what the two agree on is right.

export interface Message {
  /** Start line and field lines as they came, latin1, without the empty line. */
  head: string;
  startLine: string;
  /** Name and value, in order and in the sender's spelling. */
  fields: [name: string, value: string][];
  /** Payload, out of its chunks. */
  body: Buffer;
  /** Field lines behind a chunked body. */
  trailers: [name: string, value: string][];
  framing: 'none' | 'length' | 'chunked' | 'close';
  /** False when the connection ended before the message did. */
  complete: boolean;
  /** Offset after the message. */
  end: number;
}

export interface Response extends Message {
  status: number;
}

/** How a message ends that has neither length nor chunks: a request has no body, a response may go on until the close. */
type Unframed = 'none' | 'close';

/** The request at `from`; null while it is not whole. */
export function parseRequest(bytes: Buffer, from: number, ended: boolean): Message | null {
  return parse(bytes, from, ended, () => 'none');
}

/** The response at `from`, a 1xx too; null while it is not whole and more may come. @param method of its request */
export function parseResponse(bytes: Buffer, from: number, ended: boolean, method: string): Response | null {
  const message = parse(bytes, from, ended, (startLine) => {
    const status = statusOf(startLine);
    return status < 200 || status === 204 || status === 304 || method === 'HEAD' ? null : 'close';
  });
  return message === null ? null : { ...message, status: statusOf(message.startLine) };
}

/** All values of a field, joined; undefined where there is none. */
export function fieldOf(message: Pick<Message, 'fields'>, name: string): string | undefined {
  const values = message.fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

/** Start line and fields at `from`; null while they are not whole. */
export function parseHead(
  bytes: Buffer,
  from: number,
): { head: string; fields: Message['fields']; end: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n', from, 'latin1');
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', from, headEnd);
  return { head, fields: fieldsOf(head.split('\r\n').slice(1)), end: headEnd + 4 };
}

/** @param unframed answers null for a message that never has a body */
function parse(
  bytes: Buffer,
  from: number,
  ended: boolean,
  unframed: (startLine: string) => Unframed | null,
): Message | null {
  const found = parseHead(bytes, from);
  if (found === null) return null;
  const { head, fields, end } = found;
  const startLine = head.split('\r\n', 1)[0]!;
  const base = { head, startLine, fields, trailers: [] };
  const otherwise = unframed(startLine);
  if (otherwise === null) return { ...base, body: Buffer.alloc(0), framing: 'none', complete: true, end };
  if (fieldOf(base, 'transfer-encoding') === 'chunked') return chunkedMessage(base, bytes, end, ended);
  const length = fieldOf(base, 'content-length');
  if (length === undefined && otherwise === 'none')
    return { ...base, body: Buffer.alloc(0), framing: 'none', complete: true, end };
  const framing = length === undefined ? 'close' : 'length';
  const bodyEnd = length === undefined ? Number.POSITIVE_INFINITY : end + Number(length);
  const complete = bytes.length >= bodyEnd || (framing === 'close' && ended);
  if (!complete && !ended) return null;
  const stop = Math.min(bodyEnd, bytes.length);
  return { ...base, body: bytes.subarray(end, stop), framing, complete, end: stop };
}

type Base = Pick<Message, 'head' | 'startLine' | 'fields' | 'trailers'>;

function chunkedMessage(base: Base, bytes: Buffer, from: number, ended: boolean): Message | null {
  const chunks: Buffer[] = [];
  let at = from;
  while (true) {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
    if (lineEnd < 0) break;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return lastChunk(base, bytes, lineEnd, Buffer.concat(chunks), ended);
    if (bytes.length < lineEnd + 2 + size + 2) break;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  if (!ended) return null;
  return { ...base, body: Buffer.concat(chunks), framing: 'chunked', complete: false, end: bytes.length };
}

function lastChunk(base: Base, bytes: Buffer, lineEnd: number, body: Buffer, ended: boolean): Message | null {
  // From the CRLF of the last size line on: trailers and the empty line, or the empty line alone.
  const end = bytes.indexOf('\r\n\r\n', lineEnd, 'latin1');
  if (end < 0) return ended ? { ...base, body, framing: 'chunked', complete: false, end: bytes.length } : null;
  const lines = bytes.toString('latin1', lineEnd + 2, end + 2).split('\r\n');
  return { ...base, body, trailers: fieldsOf(lines), framing: 'chunked', complete: true, end: end + 4 };
}

function fieldsOf(lines: string[]): Message['fields'] {
  return lines
    .filter((line) => line.includes(':'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}

function statusOf(startLine: string): number {
  return Number(startLine.split(' ')[1]);
}
