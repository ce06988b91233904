// `affinity` of a farm as written → AffinityConfig: cookie names become unique.
import type { CompatibilityKey, ConfigPath } from '../../model/config.ts';
import type { AffinityConfig, HostAffinityConfig } from '../../model/farm-config.ts';
import { plainHost } from '../../model/host-name.ts';
import type { WrittenFarm } from './farm-schema.ts';
import type { ProblemList } from './problem-list.ts';

/** RFC 6265 4.1.1: a cookie's name is a token. */
const COOKIE_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** RFC 6265 4.1.1: a path has no semicolon and no control characters; browsers want a slash first. */
const COOKIE_PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;
const SHORTEST_SECRET = 16;

/** `cookies`: names in use, with the farm that has each. */
export function buildAffinity(
  farm: string,
  written: WrittenFarm['affinity'],
  compatibility: readonly CompatibilityKey[],
  cookies: Map<string, string>,
  problems: ProblemList,
): AffinityConfig {
  const path: ConfigPath = ['farms', farm, 'affinity'];
  checkAffinity(written, path, problems);
  let { cookieName } = written;
  const holder = cookies.get(cookieName);
  if (written.useCookie && holder) {
    cookieName = `${cookieName}_${farm}`;
    problems.warning(
      [...path, 'cookieName'],
      `farm "${holder}" has this cookie name too: here the cookie is called ${cookieName}`,
    );
  }
  if (written.useCookie) cookies.set(cookieName, farm);
  return {
    useCookie: written.useCookie,
    cookieName,
    secret: written.secret ?? null,
    previousSecrets: written.previousSecrets,
    cookieIdleTimeout: written.cookieIdleTimeout ?? null,
    cookieLifetime: written.cookieLifetime ?? null,
    sameSite: written.sameSite ?? null,
    cookiePath: written.cookiePath,
    partitioned: written.partitioned,
    cookieDomainLabels: written.ignoreSubDomainClientAffinity ? written.ignoreSubDomainFragmentDepth : null,
    writesArrValue: compatibility.includes('affinityCookie'),
    by: written.by === 'cookie' ? null : { kind: written.by, name: written.name ?? '' },
    mostBindings: written.mostBindings,
    whenServerGone: written.whenServerGone,
    waitTimeout: written.waitTimeout,
    timeout: written.timeout,
    hostName: written.useHostName ? buildHostAffinity(written) : null,
  };
}

function buildHostAffinity(written: WrittenFarm['affinity']): HostAffinityConfig {
  return {
    provider: written.hostAffinityProvider,
    countersEnabled: written.hostCountersEnabled,
    labels: written.ignoreSubDomain ? written.ignoreSubDomainFragmentDepth : null,
    hosts: written.hosts,
  };
}

/** Each name has one mapping. */
function checkHosts({ hosts }: WrittenFarm['affinity'], path: ConfigPath, problems: ProblemList): void {
  const known = new Map<string, string>();
  hosts.forEach(({ name, equivalentHosts }, index) => {
    const place = [...path, 'hosts', index];
    const names = [
      { host: name, at: [...place, 'name'] },
      ...equivalentHosts.map((host, other) => ({ host, at: [...place, 'equivalentHosts', other] })),
    ];
    for (const { host, at } of names) {
      const plain = plainHost(host);
      const other = known.get(plain);
      if (other !== undefined) problems.error(at, `"${host}" belongs to "${other}" already`, 'write each name once');
      else known.set(plain, name);
    }
  });
}

function checkAffinity(written: WrittenFarm['affinity'], path: ConfigPath, problems: ProblemList): void {
  checkHosts(written, path, problems);
  if (!COOKIE_NAME.test(written.cookieName))
    problems.error(
      [...path, 'cookieName'],
      `"${written.cookieName}" cannot be the name of a cookie`,
      'use letters, digits, - and _',
    );
  if (!COOKIE_PATH.test(written.cookiePath))
    problems.error(
      [...path, 'cookiePath'],
      `"${written.cookiePath}" cannot be the path of a cookie`,
      'write a path like /shop',
    );
  if (written.secret !== undefined && written.secret.length < SHORTEST_SECRET)
    problems.error([...path, 'secret'], 'the secret can be guessed', `expected at least ${SHORTEST_SECRET} characters`);
  if (written.by !== 'cookie' && written.useCookie)
    problems.warning([...path, 'useCookie'], `useCookie is ignored: clients are known by ${written.by}`);
  if (written.by === 'cookie' && written.name !== undefined)
    problems.warning([...path, 'name'], 'name is ignored: it goes with by: header, query or variable');
  if (written.by === 'cookie' && !written.useCookie && written.whenServerGone !== 'redistribute')
    problems.warning([...path, 'whenServerGone'], 'no client is bound to a server here: add useCookie: true, or by');
  if (written.by !== 'cookie' && written.name === undefined)
    problems.error(
      [...path, 'by'],
      `by: ${written.by} needs a name`,
      `add name: the ${written.by} that identifies a client`,
    );
}
