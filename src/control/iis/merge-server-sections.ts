// Several elements of the server that speak of one section, system.webServer and location elements without a path: what
// all of them say, the later counting where two say it differently.
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import { mapNode, put } from './write-section.ts';

/** Collections by name: one of a later element stands in place of the one before it. */
const NAMED: ReadonlySet<string> = new Set(['rewriteMaps', 'providers', 'preConditions', 'customTags']);

/** Adds the section `key` to `tree`. */
export function addServerSection(tree: MapNode, key: string, entry: { keyPlace: Place; node: ConfigNode }): void {
  const before = tree.entries.get(key)?.node;
  tree.entries.set(key, before ? { ...entry, node: merged(key, before, entry.node) } : entry);
}

function merged(key: string, before: ConfigNode, after: ConfigNode): ConfigNode {
  if (before.kind === 'scalar' || after.kind === 'scalar' || dropsBefore(after)) return after;
  if (before.kind === 'list' && after.kind === 'list') return { ...before, items: [...before.items, ...after.items] };
  const all = mapNode(before.place);
  for (const [name, entry] of asMap(before).entries) all.entries.set(name, entry);
  for (const [name, entry] of asMap(after).entries) {
    if (NAMED.has(key)) all.entries.set(name, entry);
    else addServerSection(all, name, entry);
  }
  return all;
}

function dropsBefore(node: ConfigNode): boolean {
  return node.kind === 'map' && node.entries.has('clear');
}

/** A list is the short form of `{ list }`. */
function asMap(node: Exclude<ConfigNode, { kind: 'scalar' }>): MapNode {
  if (node.kind === 'map') return node;
  const map = mapNode(node.place);
  put(map, 'list', node);
  return map;
}
