// webFarms → `farms`: what stands in applicationRequestRouting belongs to the farm or server itself here.
import type { ConfigNode, MapNode } from '../../model/config-node.ts';
import { webFarms } from './farm-rules.ts';
import { readSection, type Section, type SectionValue } from './read-section.ts';
import type { Report } from './report.ts';
import { mapNode, put, valueNode, writeSection } from './write-section.ts';
import type { XmlElement } from './xml-tree.ts';

const ALL = { inherits: false };

/** The farms by their names, or null when there is none. */
export function writeFarms(element: XmlElement, path: string, report: Report): MapNode | null {
  const farms = mapNode(element.place);
  const section = readSection(element, webFarms, path, report);
  const onDemand = section.values.get('onDemandHealthCheck');
  for (const farm of section.items) {
    const name = farm.values.get('name');
    if (!name) continue;
    const node = writeFarm(farm);
    if (onDemand?.value === true) testOnDemand(node, onDemand);
    put(farms, String(name.value), node, name.attribute.valuePlace);
  }
  return farms.entries.size > 0 ? farms : null;
}

/** onDemandHealthCheck stands at the root in IIS and holds for all farms that have a test (arr.md 5.1). */
function testOnDemand(farm: MapNode, onDemand: SectionValue): void {
  const healthCheck = farm.entries.get('healthCheck')?.node;
  if (healthCheck?.kind === 'map') put(healthCheck, 'onDemand', valueNode(onDemand), onDemand.attribute.place);
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
