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
  | { readonly kind: 'repeat'; readonly body: PatternNode; readonly least: number; readonly most: number };

/** Where a node stands in the text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** `text`, whose tree is `node`, with nothing in the place of each look-around and back-reference. */
export function plainPart(text: string, node: PatternNode): string {
  let plain = '';
  let at = 0;
  for (const { from, to } of conditionsOf(node)) {
    plain += `${text.slice(at, from)}(?:)`;
    at = to;
  }
  return plain + text.slice(at);
}

function conditionsOf(node: PatternNode): Span[] {
  switch (node.kind) {
    case 'look':
    case 'backReference':
      return [node];
    case 'sequence':
      return node.items.flatMap(conditionsOf);
    case 'choice':
      return node.options.flatMap(conditionsOf);
    case 'repeat':
      return conditionsOf(node.body);
    default:
      return [];
  }
}
