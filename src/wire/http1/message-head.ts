// What the heads of requests and responses share: the text as it came, and where in it each field line stands.
// No object is made for a field; a name or a value becomes a string when somebody asks for it.
import { TOKEN_LOWER } from './byte-classes.ts';
import { FieldKind, fieldKindOf } from './fields.ts';

/** Numbers per field in `fields`: kind, nameStart, nameEnd, valueStart, valueEnd; the last four are offsets into `text`. */
export const FIELD_STRIDE = 5;

/** Kinds below this one stand in `seenLow`, the others in `seenHigh`. */
export const SEEN_LOW_KINDS = 30;

/** The part of a head that the scanner of either direction has found. */
export interface MessageFacts {
  readonly text: string;
  readonly fieldsStart: number;
  readonly fields: readonly number[];
  readonly fieldCount: number;
  readonly seenLow: number;
  readonly seenHigh: number;
}

export class MessageHead {
  /** latin1: from the first byte of the start line through the CRLF of the last field line, without the empty line. */
  readonly text: string;
  /** Offset in `text` of the first field line. */
  readonly fieldsStart: number;
  /** FIELD_STRIDE numbers for each field. */
  readonly fields: readonly number[];
  readonly fieldCount: number;
  /** Bit sets of the kinds that occur; read them through has(). */
  readonly seenLow: number;
  readonly seenHigh: number;

  constructor(facts: MessageFacts) {
    this.text = facts.text;
    this.fieldsStart = facts.fieldsStart;
    this.fields = facts.fields;
    this.fieldCount = facts.fieldCount;
    this.seenLow = facts.seenLow;
    this.seenHigh = facts.seenHigh;
  }

  /** Whether any field is of this kind; costs one comparison. */
  has(kind: FieldKind): boolean {
    return kind < SEEN_LOW_KINDS
      ? (this.seenLow & (1 << kind)) !== 0
      : (this.seenHigh & (1 << (kind - SEEN_LOW_KINDS))) !== 0;
  }

  kindAt(index: number): FieldKind {
    return this.fields[index * FIELD_STRIDE] as FieldKind;
  }

  /** The name in the spelling of the sender. */
  nameAt(index: number): string {
    const at = index * FIELD_STRIDE;
    return this.text.slice(this.fields[at + 1], this.fields[at + 2]);
  }

  /** The value without the white space around it. */
  valueAt(index: number): string {
    const at = index * FIELD_STRIDE;
    return this.text.slice(this.fields[at + 3], this.fields[at + 4]);
  }

  /** Index of the first field of this kind, -1 when there is none. */
  indexOf(kind: FieldKind): number {
    if (!this.has(kind)) return -1;
    const fields = this.fields;
    let at = 0;
    while (fields[at] !== kind) at += FIELD_STRIDE;
    return at / FIELD_STRIDE;
  }

  /** All values of a field, joined with `, ` (Cookie with `; `), or undefined. @param lowerCaseName in lower case */
  field(lowerCaseName: string): string | undefined {
    const kind = fieldKindOf(lowerCaseName);
    const known = kind !== FieldKind.unknown && kind !== FieldKind.underscore;
    return joinedValues(this, kind, known ? null : lowerCaseName);
  }

  /** The value of the first such field alone, or undefined. @param lowerCaseName in lower case */
  firstField(lowerCaseName: string): string | undefined {
    const kind = fieldKindOf(lowerCaseName);
    if (!this.has(kind)) return undefined;
    const isOneName = kind !== FieldKind.unknown && kind !== FieldKind.underscore;
    for (let index = 0; index < this.fieldCount; index++) {
      if (this.kindAt(index) === kind && (isOneName || isNamed(this, index, lowerCaseName))) return this.valueAt(index);
    }
    return undefined;
  }

  /** As field(), for a kind that stands for one name. */
  fieldOfKind(kind: FieldKind): string | undefined {
    return joinedValues(this, kind, null);
  }
}

/** @param name lower-case, to tell fields of a kind that stands for many names; null where the kind says all */
function joinedValues(head: MessageHead, kind: FieldKind, name: string | null): string | undefined {
  if (!head.has(kind)) return undefined;
  let joined: string | undefined;
  for (let index = 0; index < head.fieldCount; index++) {
    if (head.kindAt(index) !== kind || (name !== null && !isNamed(head, index, name))) continue;
    const value = head.valueAt(index);
    if (joined === undefined) joined = value;
    else joined += (kind === FieldKind.cookie ? '; ' : ', ') + value;
  }
  return joined;
}

function isNamed(head: MessageHead, index: number, lowerCaseName: string): boolean {
  const start = head.fields[index * FIELD_STRIDE + 1];
  const length = head.fields[index * FIELD_STRIDE + 2] - start;
  if (length !== lowerCaseName.length) return false;
  for (let i = 0; i < length; i++) {
    if (TOKEN_LOWER[head.text.charCodeAt(start + i)] !== lowerCaseName.charCodeAt(i)) return false;
  }
  return true;
}
