// The configuration as a tree that knows where each of its parts was written, across all files that were merged.
import type { ConfigPath } from './config.ts';

/** A place in a file; line and column count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export type ConfigNode = ScalarNode | MapNode | ListNode;

export interface ScalarNode {
  kind: 'scalar';
  place: Place;
  value: string | number | boolean | null;
}

export interface MapNode {
  kind: 'map';
  place: Place;
  entries: Map<string, { keyPlace: Place; node: ConfigNode }>;
  /** The text of a map written in braces on one line: `{R:1}` without quotes is one (DESIGN 5). */
  braces: string | null;
}

interface ListNode {
  kind: 'list';
  place: Place;
  items: ConfigNode[];
}

/** The node at `path`, or null when there is none. */
export function nodeAt(root: ConfigNode, path: ConfigPath): ConfigNode | null {
  let node: ConfigNode | undefined = root;
  for (const step of path) {
    if (node.kind === 'map') node = node.entries.get(String(step))?.node;
    else if (node.kind === 'list' && typeof step === 'number') node = node.items[step];
    else return null;
    if (node === undefined) return null;
  }
  return node;
}

/**
 * Where `path` stands: a plain value at its own place, a map or list at its key, what is absent at the nearest thing
 * around it. With `keys`, always the key.
 */
export function placeOf(root: ConfigNode, path: ConfigPath, keys = false): Place {
  let node = root;
  let keyPlace: Place | null = null;
  let complete = true;
  for (const step of path) {
    let next: ConfigNode | undefined;
    let nextKey: Place | null = null;
    if (node.kind === 'map') {
      const entry = node.entries.get(String(step));
      next = entry?.node;
      nextKey = entry?.keyPlace ?? null;
    } else if (node.kind === 'list' && typeof step === 'number') {
      next = node.items[step];
    } else if (node.kind === 'list' && (step === 'add' || step === 'list')) {
      continue; // the short form of `conditions: { add: […] }` and `rules: { list: […] }`
    }
    if (next === undefined) {
      complete = false;
      break;
    }
    node = next;
    keyPlace = nextKey;
  }
  const valueWanted = node.kind === 'scalar' && complete && !keys;
  return valueWanted ? node.place : (keyPlace ?? node.place);
}

/**
 * The tree as plain data for the schemas. A key without a value (`farms:`) counts as one that was not written: its
 * value is undefined, and the key stays, so that an unknown one is still found.
 */
export function plainValue(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  const value: Record<string, unknown> = {};
  for (const [key, { node: child }] of node.entries) {
    value[key] = child.kind === 'scalar' && child.value === null ? undefined : plainValue(child);
  }
  return value;
}
