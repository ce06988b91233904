// httpRedirect of a level.
import type { HttpRedirectConfig } from '../../model/level-settings.ts';
import { inheritList } from './inherit-list.ts';
import type { ProblemList } from './problem-list.ts';
import type { Layer } from './site-layers.ts';

/** A level that writes the section redirects from its own path, also by what it inherits of it. */
export function buildHttpRedirect(
  above: HttpRedirectConfig,
  { path, settings, at }: Layer,
  problems: ProblemList,
): HttpRedirectConfig {
  const own = settings.httpRedirect;
  if (own === undefined) return above;
  const redirect = {
    enabled: own.enabled ?? above.enabled,
    base: path,
    destination: own.destination ?? above.destination,
    exactDestination: own.exactDestination ?? above.exactDestination,
    childOnly: own.childOnly ?? above.childOnly,
    httpResponseStatus: own.httpResponseStatus ?? above.httpResponseStatus,
    wildcards: inheritList(above.wildcards, own.wildcards, ({ wildcard }) => wildcard),
  };
  if (redirect.enabled && redirect.destination === '' && redirect.wildcards.length === 0)
    problems.warning([...at, 'httpRedirect'], 'it redirects nothing: there is no destination', 'write destination');
  return redirect;
}
