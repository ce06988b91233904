// webFarms → `farms`: what stands in applicationRequestRouting belongs to the farm or server itself here.
import type { ConfigNode, MapNode } from '../../model/config-node.ts';
import { webFarms } from './farm-rules.ts';
import { readSection, type Section } from './read-section.ts';
import type { Report } from './report.ts';
import { mapNode, put, writeSection } from './write-section.ts';
import type { XmlElement } from './xml-tree.ts';

const ALL = { inherits: false };

/** The farms by their names, or null when there is none. */
export function writeFarms(element: XmlElement, path: string, report: Report): MapNode | null {
  const farms = mapNode(element.place);
  for (const farm of readSection(element, webFarms, path, report).items) {
    const name = farm.values.get('name');
    if (name) put(farms, String(name.value), writeFarm(farm), name.attribute.valuePlace);
  }
  return farms.entries.size > 0 ? farms : null;
}

function writeFarm(farm: Section): MapNode {
  const map = lifted(farm, 'name');
  const servers = farm.items.map((server): ConfigNode => {
    const node = lifted(server);
    const [[key, only] = []] = node.entries;
    return node.entries.size === 1 && key === 'address' ? only!.node : node;
  });
  if (servers.length > 0) put(map, 'servers', { kind: 'list', place: farm.items[0]!.element.place, items: servers });
  return map;
}

/** The element's own values beside those of its applicationRequestRouting. */
function lifted(section: Section, without?: string): MapNode {
  const own: Section = { ...section, parts: new Map(), values: new Map(section.values) };
  if (without !== undefined) own.values.delete(without);
  const map = mapNode(section.element.place);
  const routing = section.parts.get('applicationRequestRouting');
  for (const node of [writeSection(own, ALL), routing ? writeSection(routing, ALL) : null]) {
    if (node?.kind === 'map') for (const [key, entry] of node.entries) map.entries.set(key, entry);
  }
  return map;
}
