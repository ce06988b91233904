// httpRedirect: the redirects of IIS that need no rule. They come after the rules of the site, and only for what is
// still to stay here.
import { type LocalAnswer, redirectAnswer } from '../../model/answer.ts';
import type { Stage } from '../../model/extensions.ts';
import type { HttpRedirectConfig } from '../../model/level-settings.ts';
import type { Site } from '../../model/site.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';
import { decodePath, encodePath, encodeUrl, pathEnd } from '../../wire/target.ts';
import { matchWildcard } from './match-wildcard.ts';

const STATUS = { Found: 302, Permanent: 301, Temporary: 307, PermRedirect: 308 } as const;

/** Null where no level redirects. */
export function redirectStage(sites: readonly Site[]): Stage | null {
  if (!sites.some(({ levels }) => levels.some(({ config }) => config.settings.httpRedirect.enabled))) return null;
  return {
    name: 'httpRedirect',
    onRequest({ site, outbound, trace }) {
      if (site === null || outbound.destination !== null) return undefined;
      const { httpRedirect } = site.levelAt(decodePath(outbound.target)).config.settings;
      if (!httpRedirect.enabled) return undefined;
      const answer = redirect(httpRedirect, outbound.target);
      if (answer !== undefined) trace?.push({ stage: 'httpRedirect', reason: `written for ${httpRedirect.base}` });
      return answer;
    },
  };
}

function redirect(config: HttpRedirectConfig, target: string): LocalAnswer | undefined {
  const path = decodePath(target);
  const query = target.slice(pathEnd(target));
  const suffix = config.base === '/' ? path : path.slice(config.base.length);
  if (config.childOnly && suffix.slice(1).includes('/')) return undefined;
  const location = fromWildcards(config, suffix) ?? fromDestination(config, path, suffix, query);
  if (location === null || location === target) return undefined;
  fieldLine('Location', location); // throws what no client may be sent
  return redirectAnswer(STATUS[config.httpResponseStatus], location, 'The document has moved.');
}

/** `$0` is what the pattern matched, `$1` to `$9` what its stars stand for. */
function fromWildcards({ wildcards }: HttpRedirectConfig, suffix: string): string | null {
  for (const { wildcard, destination } of wildcards) {
    const match = matchWildcard(wildcard, wildcard.startsWith('/') ? suffix : suffix.slice(1));
    if (match !== null)
      return encodeUrl(destination).replace(/\$(\d)/g, (_, group: string) => encodePath(match[Number(group)] ?? ''));
  }
  return null;
}

function fromDestination(
  { destination, exactDestination }: HttpRedirectConfig,
  path: string,
  suffix: string,
  query: string,
): string | null {
  if (destination === '') return null;
  const values: Readonly<Record<string, string>> = {
    V: encodePath(path),
    S: encodePath(suffix),
    Q: query,
    P: query.slice(1),
  };
  const expanded = encodeUrl(destination).replace(/\$([VSQP])/g, (_, name: string) => values[name]!);
  if (exactDestination || expanded !== encodeUrl(destination)) return expanded;
  const begin = expanded.endsWith('/') && suffix.startsWith('/') ? expanded.slice(0, -1) : expanded;
  return `${begin}${values.S}${query}`;
}
