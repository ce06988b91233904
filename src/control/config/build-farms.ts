// Farms as written → FarmConfig: addresses become where to connect, and cookie names unique.
import type { AffinityConfig, ConfigPath, FarmConfig, ServerConfig } from '../../model/config.ts';
import { buildProtocol } from './build-protocol.ts';
import type { WrittenFarm } from './farm-schema.ts';
import { algorithmInUse } from './not-yet.ts';
import type { ProblemList } from './problem-list.ts';

/** A farm's name stands in URLs as a host, and in names of cookies. */
const FARM_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** RFC 6265 4.1.1: a cookie's name is a token. */
const COOKIE_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const SHORTEST_SECRET = 16;

export function buildFarms(farms: Record<string, WrittenFarm>, problems: ProblemList): FarmConfig[] {
  const cookies = new Map<string, string>();
  return Object.entries(farms).map(([name, farm]) => {
    const path: ConfigPath = ['farms', name];
    if (!FARM_NAME.test(name))
      problems.error(
        path,
        `"${name}" cannot be the name of a farm`,
        'use letters, digits, dots, hyphens and underscores',
      );
    return buildFarm(name, farm, cookies, problems);
  });
}

function buildFarm(name: string, farm: WrittenFarm, cookies: Map<string, string>, problems: ProblemList): FarmConfig {
  return {
    name,
    enabled: farm.enabled,
    servers: buildServers(farm.servers),
    loadBalancing: {
      algorithm: algorithmInUse(farm.loadBalancing.algorithm),
      randomizeLBTies: farm.loadBalancing.randomizeLBTies,
    },
    affinity: buildAffinity(name, farm.affinity, cookies, problems),
    healthCheck: farm.healthCheck,
    protocol: buildProtocol(farm.protocol),
    passConnectionCloseHeader: farm.passConnectionCloseHeader,
    passServerHeader: farm.passServerHeader,
    serverAutoStart: farm.serverAutoStart,
  };
}

function buildServers(servers: WrittenFarm['servers']): ServerConfig[] {
  return servers.map((server) => {
    const { written, target, port } = server.address;
    return {
      ...server,
      address: written,
      target,
      httpPort: server.httpPort ?? port ?? 80,
      httpsPort: server.httpsPort ?? port ?? 443,
      hostName: server.hostName ?? null,
      healthCheckAlternateHostName: server.healthCheckAlternateHostName ?? null,
    };
  });
}

/** `cookies`: names in use, with the farm that has each. */
function buildAffinity(
  farm: string,
  written: WrittenFarm['affinity'],
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
    timeout: written.timeout,
  };
}

function checkAffinity(written: WrittenFarm['affinity'], path: ConfigPath, problems: ProblemList): void {
  if (!COOKIE_NAME.test(written.cookieName))
    problems.error(
      [...path, 'cookieName'],
      `"${written.cookieName}" cannot be the name of a cookie`,
      'use letters, digits, - and _',
    );
  if (written.secret !== undefined && written.secret.length < SHORTEST_SECRET)
    problems.error([...path, 'secret'], 'the secret can be guessed', `expected at least ${SHORTEST_SECRET} characters`);
  if (written.by !== 'cookie' && written.name === undefined)
    problems.error(
      [...path, 'by'],
      `by: ${written.by} needs a name`,
      `add name: the ${written.by} that identifies a client`,
    );
}
