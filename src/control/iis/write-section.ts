// What a section says → a node of the configuration as written, whose places are those in the XML: schemas, cross-checks
// and messages are then the same as for YAML.
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import type { CollectionForm } from './element-rule.ts';
import type { Section, SectionValue } from './read-section.ts';

/** What is written of a level that inherits nothing: `clear` and `remove` have no meaning there. */
export interface WriteOptions {
  inherits: boolean;
}

/** The node of `section`, or null when it says nothing. */
export function writeSection(section: Section, options: WriteOptions): ConfigNode | null {
  const map = mapNode(section.element.place);
  for (const [name, value] of section.values) {
    const key = section.rule.attributes?.[name]?.key ?? name;
    map.entries.set(key, { keyPlace: value.attribute.place, node: valueNode(value) });
  }
  for (const [name, part] of section.parts) {
    const node = writeSection(part, options);
    if (node) map.entries.set(part.rule.key ?? name, { keyPlace: part.element.place, node });
  }
  return addCollection(section, map, options) ?? (map.entries.size > 0 ? map : null);
}

/** Adds the collection to `map`; what it returns stands in place of the map. */
function addCollection(section: Section, map: MapNode, options: WriteOptions): ConfigNode | null {
  const as = section.rule.collection?.as;
  if (!as || as.form === 'own') return null;
  const key = 'key' in as ? as.key : undefined;
  const { place } = section.element;
  if (as.form === 'pairs' && key !== undefined) addPairEdits(section, map, options);
  if (as.form === 'flatList') {
    const edited = addEdits(section, map, options);
    const list = listNode(section, as);
    if (!edited && map.entries.size === 0 && as.bare) return list.items.length > 0 ? list : null;
    if (list.items.length > 0) map.entries.set(as.key, { keyPlace: place, node: list });
    return null;
  }
  const node = collectionNode(section, as, options);
  if (!node) return null;
  if (key === undefined || ('bare' in as && as.bare && map.entries.size === 0)) return node;
  map.entries.set(key, { keyPlace: place, node });
  return null;
}

/** The collection by itself: as a list or map, or as `{ clear, remove, list }` where it changes what is inherited. */
function collectionNode(section: Section, as: CollectionForm, options: WriteOptions): ConfigNode | null {
  if (as.form === 'named' || as.form === 'pairs') return itemMap(section, as, options);
  const list = listNode(section, as);
  const edited = mapNode(section.element.place);
  if (!addEdits(section, edited, options)) return list.items.length > 0 ? list : null;
  if (list.items.length > 0) edited.entries.set('list', { keyPlace: section.element.place, node: list });
  return edited;
}

/** `clear` and `remove` of a collection, as far as they speak of what is inherited. @returns whether there are any */
export function addEdits({ rule, clear, removed }: Section, map: MapNode, { inherits }: WriteOptions): boolean {
  if (!inherits || rule.collection?.local || (!clear && removed.length === 0)) return false;
  if (clear) map.entries.set('clear', { keyPlace: clear, node: scalar(true, clear) });
  if (removed.length > 0) {
    const items = removed.map(({ key, place }) => scalar(keyText(key, rule.collection?.keySeparator), place));
    map.entries.set('remove', { keyPlace: removed[0]!.place, node: { kind: 'list', place: removed[0]!.place, items } });
  }
  return true;
}

/** `404.3`, or `404` where the sub-status is -1, which stands for all (arr.md 11.2). */
function keyText(key: readonly string[], separator = '.'): string {
  return key.filter((part) => part !== '' && part !== '-1').join(separator);
}

/** A key that is removed and given anew is simply given: a map has each key once. */
function addPairEdits(section: Section, map: MapNode, options: WriteOptions): void {
  const [key] = section.rule.collection!.keys!;
  const given = new Set(section.items.map((item) => String(item.values.get(key!)?.value).toLowerCase()));
  addEdits(
    { ...section, removed: section.removed.filter((each) => !given.has(each.key[0]!.toLowerCase())) },
    map,
    options,
  );
}

function listNode({ element, rule, items }: Section, as: CollectionForm): Extract<ConfigNode, { kind: 'list' }> {
  const [key] = rule.collection!.keys ?? [];
  const nodes = items.map((item): ConfigNode => {
    const value = key === undefined ? undefined : item.values.get(key);
    if (as.form === 'values') return value ? valueNode(value) : scalar('', item.element.place);
    return writeSection(item, { inherits: true }) ?? mapNode(item.element.place);
  });
  return { kind: 'list', place: element.place, items: nodes };
}

function itemMap(section: Section, as: CollectionForm, options: WriteOptions): MapNode | null {
  const [key] = section.rule.collection!.keys!;
  const map = mapNode(section.element.place);
  for (const item of section.items) {
    const { attribute, value } = item.values.get(key!) ?? {};
    if (attribute === undefined) continue; // a fault already: it is required
    const rest: Section = { ...item, values: new Map([...item.values].filter(([name]) => name !== key)) };
    const second = as.form === 'pairs' ? item.values.get(as.value) : undefined;
    const empty = as.form === 'pairs' ? scalar('', item.element.place) : mapNode(item.element.place);
    const node = as.form === 'pairs' ? second && valueNode(second) : writeSection(rest, options);
    map.entries.set(String(value), { keyPlace: attribute.place, node: node ?? empty });
  }
  return map.entries.size > 0 ? map : null;
}

export function mapNode(place: Place): MapNode {
  return { kind: 'map', place, entries: new Map(), braces: null };
}

export function scalar(value: string | number | boolean, place: Place): ConfigNode {
  return { kind: 'scalar', place, value };
}

/** Adds `key` to `map`. @param keyPlace of the key, where it is another than that of the node */
export function put(map: MapNode, key: string, node: ConfigNode, keyPlace: Place = node.place): void {
  map.entries.set(key, { keyPlace, node });
}

export function valueNode({ value, attribute }: SectionValue): ConfigNode {
  if (!Array.isArray(value)) return scalar(value, attribute.valuePlace);
  const items = value.map((each) => scalar(each, attribute.valuePlace));
  return { kind: 'list', place: attribute.valuePlace, items };
}
