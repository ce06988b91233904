// Strings of the JSON access log: quoted, escaped and in ASCII, whatever a client sent (no line can be forged).

/** Everything that may not stand in an ASCII JSON string as it is. */
const NEEDS_ESCAPE = /[^ !#-[\]-~]/;
const NOT_ASCII = /[^\x00-\x7f]/;
const NOT_ASCII_UNITS = /[\x7f-\uffff]/g;

/** @param text any text; what is not ASCII becomes \u escapes */
export function jsonString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? escaped(text) : `"${text}"`;
}

/** @param latin1 bytes from the wire, one code unit each: UTF-8 where they are that, else with replacement characters */
export function jsonStringOfWire(latin1: string): string {
  if (!NEEDS_ESCAPE.test(latin1)) return `"${latin1}"`;
  return escaped(NOT_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1);
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    NOT_ASCII_UNITS,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
