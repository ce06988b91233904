// Text as a field of a W3C log: nothing that a client sent can end a line or a field.

const NEEDS_CHANGE = /[^!-~]/;
const UNITS_TO_CHANGE = /[^!-~]/g;

/** @param latin1 bytes from the wire; what is not printable ASCII is percent-encoded, white space becomes `+` */
export function w3cText(latin1: string): string {
  if (latin1 === '') return '-';
  if (!NEEDS_CHANGE.test(latin1)) return latin1;
  const spaced = latin1.replaceAll(' ', '+');
  return NEEDS_CHANGE.test(spaced) ? spaced.replace(UNITS_TO_CHANGE, changed) : spaced;
}

function changed(unit: string): string {
  if (unit === '\t') return '+';
  const code = unit.charCodeAt(0);
  return code > 0xff ? encodeURIComponent(unit.toWellFormed()) : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
