// The layers of a site's configuration: what is written for the site itself, and for its locations, each with its place.
import type { ConfigPath, RewriteMapConfig } from '../../model/config.ts';
import type { ProviderConfig } from '../../model/provider-config.ts';
import { applicationOf, isAtOrBelow } from '../../model/url-path.ts';
import { buildProviders, type ProviderSurroundings } from './build-providers.ts';
import { buildRewriteMaps } from './build-rules.ts';
import type { ProblemList } from './problem-list.ts';
import type { WrittenLevel, WrittenSite } from './site-schema.ts';

export interface Layer {
  /** URL path: `/`, or with a slash at the start and none at the end. */
  path: string;
  settings: WrittenLevel;
  inheritInChildApplications: boolean;
  /** Made once, however many levels inherit them: they may be large. */
  rewriteMaps: RewriteMapConfig[];
  providers: ProviderConfig[];
  /** Where it stands. */
  at: ConfigPath;
}

/** The layers of `site`, which stands at `at`: parents first, and in their order where several have one path. */
export function siteLayers(site: WrittenSite, at: ConfigPath, around: ProviderSurroundings): Layer[] {
  const layer = (
    path: string,
    inheritInChildApplications: boolean,
    settings: WrittenLevel,
    place: ConfigPath,
  ): Layer => ({
    ...{ path, settings, inheritInChildApplications, at: place },
    rewriteMaps: buildRewriteMaps(settings.rewriteMaps ?? {}, [...place, 'rewriteMaps'], around.problems),
    providers: buildProviders(settings.providers ?? {}, [...place, 'providers'], around),
  });
  const below = site.locations.map((location, index) => {
    const place = [...at, 'locations', index];
    const path = urlPath(location.path, [...place, 'path'], around.problems);
    return layer(path, location.inheritInChildApplications, location, place);
  });
  return [layer('/', true, site, at), ...below].toSorted((a, b) => depth(a.path) - depth(b.path));
}

/** Of `layers`, those in force at `path`, parents first. @param applications URL paths */
export function layersAt(path: string, layers: readonly Layer[], applications: readonly string[]): Layer[] {
  const application = applicationOf(path, applications);
  return layers.filter(
    (layer) =>
      isAtOrBelow(path, layer.path) && (layer.inheritInChildApplications || isAtOrBelow(layer.path, application)),
  );
}

/** `shop/` → `/shop`. */
export function urlPath(written: string, at: ConfigPath, problems: ProblemList): string {
  const trimmed = written.replace(/^\/*/, '/').replace(/(?<=.)\/+$/, '');
  if (/[?#\\]|\/\/|(?:^|\/)\.\.?(?:\/|$)/.test(trimmed))
    problems.error(at, `"${written}" is not the path of a URL`, 'write it like /shop');
  return trimmed;
}

function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}
