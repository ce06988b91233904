// The name of a character set → how its text is read and written.
import { type Charset, plainBytes, utf8 } from './charset.ts';
import { codePage } from './code-page.ts';

/** Sets whose bytes below 0x80 are not always ASCII characters: what stands in quotes cannot be found in them. */
const OPAQUE: ReadonlySet<string> = new Set(['utf-16le', 'utf-16be', 'iso-2022-jp', 'replacement']);

const known = new Map<string, Charset | null>();

/**
 * The set that `label` names (WHATWG Encoding). Unknown names are read as bytes.
 * @returns null for a set in which markup cannot be found byte by byte
 */
export function charsetOf(label: string): Charset | null {
  const lower = label.toLowerCase();
  let charset = known.get(lower);
  if (charset === undefined) {
    charset = findCharset(lower);
    if (known.size < 500) known.set(lower, charset); // names come from servers
  }
  return charset;
}

function findCharset(label: string): Charset | null {
  let name: string;
  try {
    name = new TextDecoder(label).encoding;
  } catch {
    return label === 'iso-2022-kr' || label === 'hz-gb-2312' ? null : plainBytes;
  }
  if (OPAQUE.has(name)) return null;
  if (name === 'utf-8') return utf8;
  return name === 'x-user-defined' ? plainBytes : codePage(name);
}
