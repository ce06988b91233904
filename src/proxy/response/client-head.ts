// The head of a response as the client gets it: the server's fields in their spelling and order, without hop-by-hop
// fields, with the edits of the stages carried out (arr.md 4.2, CONTRACT 3). Framing is left to the listener, except
// for Content-Length, which stays where the server wrote it.
import { ResponseDraft } from '../../model/response-draft.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { FIELD_STRIDE } from '../../wire/http1/message-head.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';

const DROPPED = [
  'connection',
  'keepAlive',
  'proxyConnection',
  'transferEncoding',
  'upgrade',
  'te',
  'arrDisableSessionAffinity',
] as const;

/** What becomes of the server's `Server` field (arr.md 3, passServerHeader). */
export type ServerFieldPolicy = 'Replace' | 'Remove' | 'PassThrough';

/** For each kind of field: 1 when it does not go to the client. */
function handlingFor(policy: ServerFieldPolicy): Uint8Array {
  const handling = new Uint8Array(64);
  for (const name of DROPPED) handling[FieldKind[name]] = 1;
  if (policy !== 'PassThrough') handling[FieldKind.server] = 1;
  return handling;
}

const HANDLING: Readonly<Record<ServerFieldPolicy, Uint8Array>> = {
  Replace: handlingFor('Replace'),
  Remove: handlingFor('Remove'),
  PassThrough: handlingFor('PassThrough'),
};

/**
 * Status line and field lines, each with CRLF.
 * @param date of now, for a server that sent none (RFC 9110 6.6.1)
 */
export function clientHead(draft: ResponseDraft, policy: ServerFieldPolicy, date: string): string {
  const { head, fieldEdits: edits } = draft;
  let text = keptText(draft, HANDLING[policy]);
  if (policy === 'Replace' && !edits?.has('server')) text += 'Server: Narrows\r\n';
  if (!head.has(FieldKind.date) && !edits?.has('date')) text += `Date: ${date}\r\n`;
  if (edits !== null) {
    for (const [name, value] of edits) if (value !== null) text += fieldLine(name, value);
  }
  return text + draft.addedLines;
}

/** A 1xx head for the client, with its empty line: the server's, without framing and hop-by-hop fields. */
export function interimHead(head: ResponseHead): string {
  return `${keptText(new ResponseDraft(head), HANDLING.PassThrough)}\r\n`;
}

/** The status line, ours in version, and the fields that go on, copied in runs. */
function keptText(draft: ResponseDraft, handling: Uint8Array): string {
  const { head, fieldEdits } = draft;
  const { text, fields, connectionOptions } = head;
  const anyByName = connectionOptions !== null || fieldEdits !== null;
  let kept = head.minorVersion === 1 ? '' : 'HTTP/1.1';
  let runStart = head.minorVersion === 1 ? 0 : 'HTTP/1.0'.length;
  const end = head.fieldCount * FIELD_STRIDE;
  for (let at = 0; at < end; at += FIELD_STRIDE) {
    if (handling[fields[at]!] === 0 && !(anyByName && dropsByName(draft, at)) && !misplaced(head, at)) continue;
    const lineStart = fields[at + 1]!;
    if (runStart < lineStart) kept += text.slice(runStart, lineStart);
    runStart = at + FIELD_STRIDE < end ? fields[at + FIELD_STRIDE + 1]! : text.length;
  }
  return runStart < text.length ? kept + text.slice(runStart) : kept;
}

function dropsByName(draft: ResponseDraft, at: number): boolean {
  const name = draft.head.nameAt(at / FIELD_STRIDE).toLowerCase();
  return draft.head.connectionOptions?.includes(name) === true || draft.fieldEdits?.has(name) === true;
}

/** Content-Length where there may be none, or said before (RFC 9110 8.6), Trailer where there can be none. */
function misplaced(head: ResponseHead, at: number): boolean {
  const kind = head.fields[at];
  if (kind === FieldKind.trailer) return head.bodyKind !== BodyKind.chunked;
  if (kind !== FieldKind.contentLength) return false;
  return head.status === 204 || head.status < 200 || head.indexOf(kind) !== at / FIELD_STRIDE;
}
