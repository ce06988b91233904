// What files say of the root of a site stands in locations with the path `/`, layer upon layer. Where nothing is under a
// setting, it reads better among those of the site itself, and says the same.
import type { MapNode } from '../../model/config-node.ts';
import { isRoot } from './write-locations.ts';
import { put } from './write-section.ts';

/** Moves settings from locations of `site` up, in place. */
export function liftRootLocations(site: MapNode): void {
  const entry = site.entries.get('locations');
  if (entry?.node.kind !== 'list') return;
  const locations = entry.node;
  /** Settings of a layer that had to stay: those above it have to stay too. */
  const stays = new Set<string>();
  locations.items = locations.items.filter((location) => {
    if (location.kind !== 'map' || !isRoot(location)) return true;
    if (location.entries.has('inheritInChildApplications')) {
      for (const key of location.entries.keys()) stays.add(key);
      return true;
    }
    for (const [key, { keyPlace, node }] of [...location.entries]) {
      if (key === 'path') continue;
      if (site.entries.has(key) || stays.has(key)) stays.add(key);
      else {
        put(site, key, node, keyPlace);
        location.entries.delete(key);
      }
    }
    return location.entries.size > 1;
  });
  if (locations.items.length === 0) site.entries.delete('locations');
}
