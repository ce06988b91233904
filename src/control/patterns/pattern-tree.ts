// A regular expression as a tree, as far as it matters for how long matching can take.
import type { CharacterSet } from './character-set.ts';

export type PatternNode =
  /** One character of a set. */
  | { readonly kind: 'character'; readonly set: CharacterSet }
  /** `^`, `$`, `\b`, `\B`: a place. */
  | { readonly kind: 'place'; readonly isStart: boolean; readonly isEnd: boolean }
  /** Look-ahead or look-behind: once it holds, it is not looked into again. */
  | ({ readonly kind: 'look'; readonly body: PatternNode; readonly isBehind: boolean } & Span)
  | ({ readonly kind: 'backReference' } & Span)
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  /** Its span is that of the quantifier. */
  | ({ readonly kind: 'repeat'; readonly body: PatternNode; readonly least: number; readonly most: number } & Span);

/** Where a node stands in the text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Counts above this make a pattern large where it is written out. */
const SMALL_COUNT = 16;

/**
 * `text`, whose tree is `node`, without what is hard to reason about: nothing in the place of each look-around and
 * back-reference, and `+` or `*` for each large count.
 */
export function plainPart(text: string, node: PatternNode): string {
  let plain = '';
  let at = 0;
  for (const { from, to, by } of replacements(node)) {
    plain += text.slice(at, from) + by;
    at = to;
  }
  return plain + text.slice(at);
}

/** In the order of the text. */
function replacements(node: PatternNode): (Span & { by: string })[] {
  switch (node.kind) {
    case 'look':
    case 'backReference':
      return [{ from: node.from, to: node.to, by: '(?:)' }];
    case 'sequence':
      return node.items.flatMap(replacements);
    case 'choice':
      return node.options.flatMap(replacements);
    case 'repeat': {
      const { body, least, most, from, to } = node;
      const inner = replacements(body);
      const isLarge = least > SMALL_COUNT || (Number.isFinite(most) && most > SMALL_COUNT);
      return isLarge ? [...inner, { from, to, by: least > 0 ? '+' : '*' }] : inner;
    }
    default:
      return [];
  }
}
