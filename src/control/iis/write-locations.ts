// The layers of a site → its settings and its `locations`.
import type { MapNode } from '../../model/config-node.ts';
import type { Layer } from './read-web-config.ts';
import { mapNode, put, scalar } from './write-section.ts';

/** The layers that say something, as items of `locations`. */
export function locationNodes(layers: readonly Layer[]): MapNode[] {
  return layers
    .filter(({ level }) => level.settings.size > 0)
    .map(({ path, inherits, element, level }) => {
      const node = mapNode(element.place);
      put(node, 'path', scalar(path, element.place));
      if (!inherits) put(node, 'inheritInChildApplications', scalar(false, element.place));
      for (const [key, entry] of level.settings) node.entries.set(key, entry);
      return node;
    });
}

/** The settings of `layers`: beside the site's own where one layer alone is for all of it, else as locations. */
export function addLayers(site: MapNode, layers: readonly Layer[]): void {
  const nodes = locationNodes(layers);
  const whole = nodes.filter((node) => isRoot(node));
  const [only] = whole;
  if (whole.length === 1 && !only!.entries.has('inheritInChildApplications')) {
    for (const [key, entry] of only!.entries) if (key !== 'path') site.entries.set(key, entry);
    nodes.splice(nodes.indexOf(only!), 1);
  }
  if (nodes.length > 0) put(site, 'locations', { kind: 'list', place: nodes[0]!.place, items: nodes });
}

/** Whether one of `locations` is for all of the site. */
export function isRoot(location: MapNode): boolean {
  const path = location.entries.get('path')?.node;
  return path?.kind === 'scalar' && path.value === '/';
}
