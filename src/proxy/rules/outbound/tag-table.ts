// Which attributes of which tags hold addresses (url-rewrite.md 16), and which rules are for them.
import type { OutboundMatchConfig, TagFilter } from '../../../model/outbound-config.ts';

type Pair = readonly [tag: string, attribute: string];

const BUILT_IN: Readonly<Record<Exclude<TagFilter, 'None' | 'CustomTags'>, readonly Pair[]>> = {
  A: [['a', 'href']],
  Area: [['area', 'href']],
  Base: [['base', 'href']],
  Form: [['form', 'action']],
  Frame: [
    ['frame', 'src'],
    ['frame', 'longdesc'],
  ],
  Head: [['head', 'profile']],
  IFrame: [
    ['iframe', 'src'],
    ['iframe', 'longdesc'],
  ],
  Img: [
    ['img', 'src'],
    ['img', 'longdesc'],
    ['img', 'usemap'],
  ],
  Input: [
    ['input', 'src'],
    ['input', 'usemap'],
  ],
  Link: [['link', 'href']],
  Script: [['script', 'src']],
};

/** An attribute that somebody wants the values of. */
export interface KnownAttribute {
  /** Lower-case bytes. */
  readonly name: Buffer;
  /** Indexes of the rules that are for it, in order. */
  readonly rules: readonly number[];
  /** It may tell the character set: `charset`, or `content` of a `meta`. */
  readonly tellsCharset: boolean;
}

export interface KnownTag {
  /** Lower-case bytes. */
  readonly name: Buffer;
  readonly attributes: readonly KnownAttribute[];
  /** What follows its start tag is no markup, up to its end tag. */
  readonly isRawText: boolean;
}

/** Elements that hold text alone (HTML 13.2.5: RCDATA and RAWTEXT, and scripts). */
const RAW_TEXT = ['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes'];

/** The tags and attributes of a rule. @param customTags of the collection that it names */
export function pairsOf(match: OutboundMatchConfig, customTags: readonly Pair[]): readonly Pair[] {
  return match.filterByTags.flatMap((filter): readonly Pair[] => {
    if (filter === 'None') return [];
    return filter === 'CustomTags' ? customTags : BUILT_IN[filter];
  });
}

/** Finds tags by the bytes of their names. */
export class TagTable {
  readonly #byLength: (readonly KnownTag[])[] = [];

  /** @param rules the pairs of each */
  constructor(rules: readonly (readonly Pair[])[]) {
    const tags = new Map<string, Map<string, number[]>>();
    const at = (tag: string, attribute: string): number[] => {
      const attributes = tags.get(tag) ?? new Map<string, number[]>();
      tags.set(tag, attributes);
      const indexes = attributes.get(attribute) ?? [];
      attributes.set(attribute, indexes);
      return indexes;
    };
    for (const tag of RAW_TEXT) tags.set(tag, new Map());
    at('meta', 'charset');
    at('meta', 'content');
    for (const [index, pairs] of rules.entries()) {
      for (const [tag, attribute] of pairs) {
        const indexes = at(lowerCase(tag), lowerCase(attribute));
        if (!indexes.includes(index)) indexes.push(index);
      }
    }
    for (const [tag, attributes] of tags) this.#add(tag, attributes);
  }

  #add(tag: string, attributes: ReadonlyMap<string, readonly number[]>): void {
    const name = Buffer.from(tag);
    const known: KnownTag = {
      name,
      attributes: [...attributes].map(([attribute, rules]) => ({
        name: Buffer.from(attribute),
        rules,
        tellsCharset: tag === 'meta' && (attribute === 'charset' || attribute === 'content'),
      })),
      isRawText: RAW_TEXT.includes(tag),
    };
    this.#byLength[name.length] = [...(this.#byLength[name.length] ?? []), known];
  }

  /** @param name holds `length` bytes of a name, in lower case */
  find(name: Uint8Array, length: number): KnownTag | null {
    return named(this.#byLength[length], name, length);
  }
}

/** Of `list`, the one with this name; null when there is none. */
export function named<T extends { name: Buffer }>(
  list: readonly T[] | undefined,
  name: Uint8Array,
  length: number,
): T | null {
  if (list === undefined) return null;
  for (const one of list) if (one.name.length === length && isSame(one.name, name)) return one;
  return null;
}

function isSame(known: Buffer, name: Uint8Array): boolean {
  for (let i = 0; i < known.length; i++) if (known[i] !== name[i]) return false;
  return true;
}

/** ASCII letters alone, as in HTML. */
function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
