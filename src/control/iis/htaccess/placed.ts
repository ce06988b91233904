// Plain values → a tree whose nodes stand at one place. Nodes among the values keep their own.
import type { ConfigNode, MapNode, Place } from '../../../model/config-node.ts';

export function placed(place: Place, value: unknown): ConfigNode {
  if (isNode(value)) return value;
  if (Array.isArray(value)) return { kind: 'list', place, items: value.map((item) => placed(place, item)) };
  if (typeof value !== 'object' || value === null)
    return { kind: 'scalar', place, value: value as string | number | boolean | null };
  const entries: MapNode['entries'] = new Map();
  for (const [key, child] of Object.entries(value)) entries.set(key, { keyPlace: place, node: placed(place, child) });
  return { kind: 'map', place, entries, braces: null };
}

function isNode(value: unknown): value is ConfigNode {
  return typeof value === 'object' && value !== null && 'kind' in value && 'place' in value;
}
