// Which bytes may stand where in an HTTP/1.1 message (RFC 9110 5.5 and 5.6.2, RFC 3986 3.2.2), as lookup tables:
// one load answers for one byte.

const TOKEN_MARKS = "!#$%&'*+-.^_`|~";
/** unreserved and sub-delims of RFC 3986, without the comma: a list of hosts is never one host. */
const REG_NAME_MARKS = "-._~!$&'()*+;=";

function tableOf(classify: (code: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => classify(code));
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isOneOf = (marks: string, code: number): boolean => marks.includes(String.fromCharCode(code));

/** The lower-case code of a token byte (RFC 9110 5.6.2), 0 for every other byte. */
export const TOKEN_LOWER = tableOf((code) => {
  if (isUpper(code)) return code + 32;
  return isLower(code) || isDigit(code) || isOneOf(TOKEN_MARKS, code) ? code : 0;
});

/** 1 for what a field value may hold: HTAB, SP, VCHAR and obs-text (RFC 9110 5.5). */
export const VALUE_BYTE = tableOf((code) => (code === 9 || (code >= 0x20 && code !== 0x7f) ? 1 : 0));

/** 1 for what a request target may hold: VCHAR, but not the mark of a fragment, which no request carries. */
export const TARGET_BYTE = tableOf((code) => (code > 0x20 && code < 0x7f && code !== 0x23 ? 1 : 0));

/** 1 for the bytes of a registered name that need no look at their neighbours (all but `%`). */
export const REG_NAME_BYTE = tableOf((code) =>
  isLower(code) || isUpper(code) || isDigit(code) || isOneOf(REG_NAME_MARKS, code) ? 1 : 0,
);

/** The value of a hexadecimal digit plus one, 0 for every other byte. */
export const HEX_PLUS_ONE = tableOf((code) => {
  if (isDigit(code)) return code - 0x30 + 1;
  const lower = code | 0x20;
  return code < 0x80 && lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 11 : 0;
});

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;
