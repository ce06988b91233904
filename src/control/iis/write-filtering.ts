// fileExtensions and verbs of request filtering: one collection with `allowed` on each item in IIS, two lists here.
import type { ConfigNode, MapNode } from '../../model/config-node.ts';
import type { Section } from './read-section.ts';
import { addEdits, mapNode, put, valueNode, type WriteOptions } from './write-section.ts';

/** Adds to `filtering`, the node of the section, what its two mixed collections say. */
export function addMixedLists(section: Section, filtering: MapNode, options: WriteOptions): void {
  for (const [name, key] of [
    ['fileExtensions', 'fileExtension'],
    ['verbs', 'verb'],
  ] as const) {
    const part = section.parts.get(name);
    if (!part) continue;
    const before = filtering.entries.get(name)?.node;
    const map = before?.kind === 'map' ? before : mapNode(part.element.place);
    addList(part, map, 'allowed', key, options);
    addList(part, map, 'denied', key, options);
    if (map.entries.size > 0) put(filtering, name, map);
  }
}

function addList(part: Section, into: MapNode, name: 'allowed' | 'denied', key: string, options: WriteOptions): void {
  const { place } = part.element;
  const wanted = part.items.filter((item) => (item.values.get('allowed')?.value ?? true) === (name === 'allowed'));
  const items = wanted.flatMap((item): ConfigNode[] => {
    const value = item.values.get(key);
    return value ? [valueNode(value)] : [];
  });
  const list: ConfigNode = { kind: 'list', place, items };
  const edited = mapNode(place);
  if (!addEdits(part, edited, options)) {
    if (items.length > 0) put(into, name, list);
    return;
  }
  if (items.length > 0) put(edited, 'list', list);
  put(into, name, edited);
}
