// Character sets of one or two bytes a character, both ways. Node decodes them and does not encode: the way back is made
// once, of what its decoder says of every byte and pair of bytes.
import { type Charset, lacking } from './charset.ts';

const BEYOND_ASCII = /[^\x00-\x7f]/;
const NO_CHARACTER = '\ufffd';

/** @param name as TextDecoder has it; its first 128 characters are ASCII */
export function codePage(name: string): Charset {
  const decoder = new TextDecoder(name);
  let bytesOf: Map<string, string> | null = null;
  const encode = (text: string, inHtml: boolean): string => {
    if (!BEYOND_ASCII.test(text)) return text;
    bytesOf ??= tableOf(decoder);
    let bytes = '';
    for (const character of text.toWellFormed())
      bytes += character < '\x80' ? character : (bytesOf.get(character) ?? lacking(character, inHtml));
    return bytes;
  };
  return {
    decode(bytes) {
      if (!BEYOND_ASCII.test(bytes)) return bytes;
      const text = decoder.decode(Buffer.from(bytes, 'latin1'));
      return encode(text, false) === bytes ? text : null;
    },
    encode,
  };
}

/** Characters beyond ASCII to their bytes. Of several ways to write one, the first. */
function tableOf(decoder: TextDecoder): Map<string, string> {
  const table = new Map<string, string>();
  const add = (codes: readonly string[]): void => {
    const characters = decoder.decode(Buffer.from(codes.join('\n'), 'latin1')).split('\n');
    for (const [index, bytes] of codes.entries()) {
      const character = characters[index]!;
      const isOne = character.length === 1 || (character.length === 2 && character.codePointAt(0)! > 0xffff);
      if (isOne && character !== NO_CHARACTER && character >= '\x80' && !table.has(character))
        table.set(character, bytes);
    }
  };
  const high = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index));
  const trails = Array.from({ length: 0xff - 0x30 }, (_, index) => String.fromCharCode(0x30 + index));
  add(high);
  add(high.flatMap((lead) => trails.map((trail) => lead + trail)));
  return table;
}
