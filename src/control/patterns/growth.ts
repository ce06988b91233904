// How the time of backtracking grows with the text: a bound that can be proven from the shape of a pattern alone, or none.
//
// A node is looked at as a way machine: from one place in the text it can match in so many ways, and finding all of them
// costs so many steps. Both are bounded by 2^bits · n^degree for a text of n characters. In a sequence every way of what
// stands before may have to try what stands behind. A repeated character that cannot be the first of what follows
// ([^/]+/) can stop in one place only, so it has one way; that is what makes ordinary patterns linear.
import { areDisjoint, type CharacterSet, EVERYTHING, setOf } from './character-set.ts';
import type { PatternNode } from './pattern-tree.ts';

export interface Growth {
  /** n^degree steps … */
  readonly degree: number;
  /** … times 2^bits. */
  readonly bits: number;
}

interface Bound {
  /** Ways to match from one place: 2^bits · n^ways. */
  readonly ways: number;
  readonly bits: number;
  /** Steps to find them all: 2^bits · n^cost. */
  readonly cost: number;
}

const ONE_WAY: Bound = { ways: 0, bits: 0, cost: 0 };
const NOTHING: CharacterSet = [];
/** Counts up to this are constants; beyond, they count as the length of the text. */
const SMALL_COUNT = 16;

/** The bound for a search with `node`; null where none is found, and it may be exponential. */
export function growthOf(node: PatternNode): Growth | null {
  const bound = boundOf(node, NOTHING); // nothing has to follow the end of the pattern: the search has succeeded
  if (bound === null) return null;
  return { degree: bound.cost + (isAnchored(node) ? 0 : 1), bits: bound.bits };
}

function isAnchored(node: PatternNode): boolean {
  switch (node.kind) {
    case 'place':
      return node.isStart;
    case 'sequence':
      return node.items.length > 0 && isAnchored(node.items[0]!);
    case 'choice':
      return node.options.every(isAnchored);
    default:
      return false;
  }
}

/** @param follow the characters that can come next; whatever else comes, the match fails at once */
function boundOf(node: PatternNode, follow: CharacterSet): Bound | null {
  switch (node.kind) {
    case 'character':
    case 'place':
      return ONE_WAY;
    case 'backReference':
      return { ways: 0, bits: 0, cost: 1 };
    case 'look': {
      const body = boundOf(node.body, NOTHING);
      // Look-behind goes from right to left, and what is said here of order is not true of it.
      if (body === null || (node.isBehind && body.cost > 0)) return null;
      return { ways: 0, bits: body.bits, cost: body.cost };
    }
    case 'sequence':
      return boundOfSequence(node.items, follow);
    case 'choice':
      return boundOfChoice(node.options, follow);
    case 'repeat':
      return boundOfRepeat(node, follow);
  }
}

function boundOfSequence(items: readonly PatternNode[], follow: CharacterSet): Bound | null {
  let ways = 0;
  let bits = 0;
  let cost = 0;
  for (const [index, item] of items.entries()) {
    const bound = boundOf(item, firstOfSequence(items.slice(index + 1), follow));
    if (bound === null) return null;
    cost = Math.max(cost, ways + bound.cost);
    ways += bound.ways;
    bits += bound.bits;
  }
  return { ways, bits, cost };
}

function boundOfChoice(options: readonly PatternNode[], follow: CharacterSet): Bound | null {
  const bounds: Bound[] = [];
  for (const option of options) {
    const bound = boundOf(option, follow);
    if (bound === null) return null;
    bounds.push(bound);
  }
  return {
    ways: Math.max(...bounds.map(({ ways }) => ways)),
    bits: Math.max(...bounds.map(({ bits }) => bits)) + (areExclusive(options, follow) ? 0 : Math.log2(options.length)),
    cost: Math.max(...bounds.map(({ cost }) => cost)),
  };
}

function boundOfRepeat(node: PatternNode & { kind: 'repeat' }, follow: CharacterSet): Bound | null {
  const { body, least, most } = node;
  const first = firstOf(body, NOTHING);
  const inner = boundOf(body, setOf(...first, ...follow));
  if (inner === null) return null;
  const hasEnd = areDisjoint(first, follow);
  const counts = hasEnd ? 1 : most - least + 1;
  const isDeterministic = inner.ways === 0 && inner.bits === 0 && !canBeEmpty(body);
  if (isDeterministic) {
    const isLong = most > SMALL_COUNT;
    // Each round uses up what it looked at, but for what it looks ahead or compares.
    const each = consumes(body) ? Math.max(inner.cost, isLong ? 1 : 0) : inner.cost + (isLong ? 1 : 0);
    if (counts > SMALL_COUNT) return { ways: 1, bits: 0, cost: Math.max(1, each) };
    return { ways: 0, bits: Math.log2(counts), cost: each };
  }
  if (most > SMALL_COUNT) return null;
  return {
    ways: most * inner.ways,
    bits: most * inner.bits + Math.log2(counts),
    cost: Math.max(0, most - 1) * inner.ways + inner.cost,
  };
}

/** Whether everything in `node` that takes time also moves on in the text. */
function consumes(node: PatternNode): boolean {
  switch (node.kind) {
    case 'look':
    case 'backReference':
      return false;
    case 'sequence':
      return node.items.every(consumes);
    case 'choice':
      return node.options.every(consumes);
    case 'repeat':
      return consumes(node.body);
    default:
      return true;
  }
}

/** Whether the next character alone tells which of `options` can match. */
function areExclusive(options: readonly PatternNode[], follow: CharacterSet): boolean {
  const firsts = options.map((option) => firstOf(option, follow));
  return firsts.every((set, index) => firsts.slice(index + 1).every((other) => areDisjoint(set, other)));
}

/** The characters that a match of `node`, with what follows it, can begin with; never too few. */
function firstOf(node: PatternNode, follow: CharacterSet): CharacterSet {
  switch (node.kind) {
    case 'character':
      return node.set;
    case 'place':
      return follow;
    case 'look':
    case 'backReference':
      return EVERYTHING; // they may take time before they fail, so nothing is told by the next character
    case 'sequence':
      return firstOfSequence(node.items, follow);
    case 'choice':
      return setOf(...node.options.flatMap((option) => firstOf(option, follow)));
    case 'repeat': {
      const first = firstOf(node.body, follow);
      return node.least === 0 || canBeEmpty(node.body) ? setOf(...first, ...follow) : first;
    }
  }
}

function firstOfSequence(items: readonly PatternNode[], follow: CharacterSet): CharacterSet {
  return items.reduceRight<CharacterSet>((next, item) => (isEnd(item) ? NOTHING : firstOf(item, next)), follow);
}

/** `$`: no character comes after it. */
function isEnd(node: PatternNode): boolean {
  return node.kind === 'place' && node.isEnd;
}

function canBeEmpty(node: PatternNode): boolean {
  switch (node.kind) {
    case 'character':
      return false;
    case 'sequence':
      return node.items.every(canBeEmpty);
    case 'choice':
      return node.options.some(canBeEmpty);
    case 'repeat':
      return node.least === 0 || canBeEmpty(node.body);
    default:
      return true;
  }
}
