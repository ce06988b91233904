// From the bytes of a field name to its FieldKind: an open-addressed table, entered by the length and three letters,
// and every find is verified byte by byte, so that no name can pass for another.
import { FieldKind, fieldNames } from './fields.ts';

const UNDERSCORE = 0x5f;
/** Makes a letter lower-case; of other token bytes none becomes a letter or `-`, so that verified names are exact. */
const LOWER = 0x20;
const SLOTS = 256;
const kindBySlot = new Uint8Array(SLOTS);
/** The known names one after the other; name k stands at nameStart[k] to nameStart[k + 1]. */
const nameBytes = Buffer.from(fieldNames.join(''), 'latin1');
const nameStart = new Uint16Array(fieldNames.length + 1);

/** Where the search for a name begins. The shifts are such that the known names have a slot each. */
function slotOf(buffer: Buffer, start: number, end: number): number {
  const length = end - start;
  const middle = buffer[start + (length >> 1)] | LOWER;
  return ((length << 2) ^ (buffer[start] | LOWER) ^ (buffer[end - 1] | LOWER) ^ (middle << 4)) & (SLOTS - 1);
}

fieldNames.forEach((name, kind) => {
  nameStart[kind + 1] = nameStart[kind] + name.length;
  if (name === '') return;
  let slot = slotOf(nameBytes, nameStart[kind], nameStart[kind + 1]);
  while (kindBySlot[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
  kindBySlot[slot] = kind;
});

/** The kind of the name buffer[start, end), which is not empty and holds token bytes only. */
export function identifyField(buffer: Buffer, start: number, end: number): FieldKind {
  let slot = slotOf(buffer, start, end);
  for (let kind = kindBySlot[slot]; kind !== 0; kind = kindBySlot[slot]) {
    if (isName(buffer, start, end, kind)) return kind as FieldKind;
    slot = (slot + 1) & (SLOTS - 1);
  }
  for (let at = start; at < end; at++) {
    if (buffer[at] === UNDERSCORE) return FieldKind.underscore;
  }
  return FieldKind.unknown;
}

function isName(buffer: Buffer, start: number, end: number, kind: number): boolean {
  let at = nameStart[kind];
  if (nameStart[kind + 1] - at !== end - start) return false;
  for (let i = start; i < end; i++, at++) {
    if ((buffer[i] | LOWER) !== nameBytes[at]) return false;
  }
  return true;
}
