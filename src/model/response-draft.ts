// A server's response head on its way to the client: the head is never touched, the edits beside it are written by
// stages and carried out by response/ when the head is serialised.
import type { ResponseHead } from '../wire/http1/response-head.ts';

export class ResponseDraft {
  readonly head: ResponseHead;
  /** Whole field lines, each with its CRLF, made with wire's fieldLine(). */
  addedLines = '';
  /** Lower-case name to new value, null removes every field of that name. Null while there is no edit. */
  fieldEdits: Map<string, string | null> | null = null;

  constructor(head: ResponseHead) {
    this.head = head;
  }

  /** Replaces (or with null removes) the field `name`, given in lower case. */
  edit(name: string, value: string | null): void {
    this.fieldEdits ??= new Map();
    this.fieldEdits.set(name, value);
  }
}
