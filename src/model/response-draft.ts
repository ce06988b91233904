// A server's response head on its way to the client: the head is never touched, the edits beside it are written by
// stages and carried out by response/ when the head is serialised.
import { BodyKind } from '../wire/http1/body-kind.ts';
import type { ResponseHead } from '../wire/http1/response-head.ts';
import { fieldLine } from '../wire/http1/serialise.ts';
import type { BodyTransform } from './body-transform.ts';

/** Fields about the bytes of a body: untrue once these are changed (RFC 9110 8.6, 14.3; RFC 9530). */
export const OF_THE_BYTES: ReadonlySet<string> = new Set([
  ...['content-length', 'accept-ranges', 'content-md5', 'digest', 'content-digest', 'repr-digest'],
]);

export class ResponseDraft {
  readonly head: ResponseHead;
  /** Whole field lines, each with its CRLF, made with wire's fieldLine(). */
  addedLines = '';
  /** Lower-case name to new value, null removes every field of that name. Null while there is no edit. */
  fieldEdits: Map<string, string | null> | null = null;

  /** Changes the body on its way; null while nothing does. Set by rewriteBody(). */
  transform: BodyTransform | null = null;

  constructor(head: ResponseHead) {
    this.head = head;
  }

  /** Replaces (or with null removes) the field `name`, given in lower case. */
  edit(name: string, value: string | null): void {
    this.fieldEdits ??= new Map();
    this.fieldEdits.set(name, value);
  }

  /** All values of the field `name`, given in lower case, as they stand. */
  values(name: string): string[] {
    const values: string[] = [];
    const edited = this.fieldEdits?.get(name);
    if (edited !== undefined) values.push(...(edited === null ? [] : [edited]));
    else if (this.head.field(name) !== undefined) values.push(...receivedValues(this.head, name));
    for (const line of linesOf(this.addedLines, name)) values.push(line.slice(name.length + 1).trim());
    return values;
  }

  /** Makes `values` all values of the field `name`, which stands as fieldLine() takes it. */
  setValues(name: string, values: readonly string[]): void {
    const lower = name.toLowerCase();
    for (const line of linesOf(this.addedLines, lower)) this.addedLines = this.addedLines.replace(line, '');
    this.edit(lower, null);
    for (const value of values) this.addedLines += fieldLine(name, value);
  }

  /** Whether there is a whole body to change, or would be without HEAD: a part of one (206) is left alone. */
  get hasWholeBody(): boolean {
    return this.head.status !== 206 && this.head.contentLength !== 0;
  }

  /**
   * Lets `transform` change the body, and takes back what the head says of its bytes. A response without body (HEAD, 304)
   * gets the same head, and no transform.
   * @throws Error when the body is changed already: one stage can
   */
  rewriteBody(transform: BodyTransform): void {
    if (this.transform !== null) throw new Error('another stage changes the body of this response already');
    for (const name of OF_THE_BYTES) this.setValues(name, []);
    const tag = this.values('etag').join(', ');
    // No longer the same bytes, still the same page: a weak tag serves conditional requests, and no ranges (RFC 9110 8.8.1).
    if (tag !== '' && !tag.startsWith('W/')) this.setValues('ETag', tag.startsWith('"') ? [`W/${tag}`] : []);
    if (this.head.bodyKind !== BodyKind.none) this.transform = transform;
  }
}

function receivedValues(head: ResponseHead, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < head.fieldCount; index++)
    if (head.nameAt(index).toLowerCase() === name) values.push(head.valueAt(index));
  return values;
}

/** Those of `lines` that are of the field `name`, each with its CRLF. */
function linesOf(lines: string, name: string): string[] {
  if (lines === '') return [];
  return lines.split(/(?<=\r\n)/).filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`);
}
