// The body of a request on its way to a server, framed as the client framed it (RFC 9112 6.3).
import type { BatchedWriter } from '../../base/batched-writer.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { chunkSizeLine } from '../../wire/http1/serialise.ts';

/** Writes buffer[start, end) of the payload. */
export function writeBody(writer: BatchedWriter, kind: BodyKind, buffer: Buffer, start: number, end: number): void {
  if (kind !== BodyKind.chunked) return writer.bytes(buffer, start, end);
  writer.text(chunkSizeLine(end - start));
  writer.bytes(buffer, start, end);
  writer.text('\r\n');
}

/** The payload is whole. @param trailers field lines with CRLF */
export function endBody(writer: BatchedWriter, kind: BodyKind, trailers: string): void {
  if (kind === BodyKind.chunked) writer.text(`0\r\n${trailers}\r\n`);
}
