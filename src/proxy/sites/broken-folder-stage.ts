// Folders whose web.config has a fault: what is still to stay here is answered 500.19 there and below, as in IIS. What the
// file would have said of it is not known, so nothing is served without it.
import type { Stage } from '../../model/extensions.ts';
import { siteConfigBroken } from '../../model/proxy-error.ts';
import type { Site } from '../../model/site.ts';
import { decodePath } from '../../wire/target.ts';

/** Throws ProxyError siteConfigBroken. Null where no site has such a folder. */
export function brokenFolderStage(sites: readonly Site[]): Stage | null {
  if (sites.every(({ config }) => config.brokenFolders.length === 0)) return null;
  return {
    name: 'web.config',
    onRequest({ site, outbound }) {
      if (site === null || outbound.destination !== null) return undefined;
      const broken = site.brokenAbove(decodePath(outbound.target));
      if (broken !== null) throw siteConfigBroken(broken);
      return undefined;
    },
  };
}
