// Farms as written → FarmConfig: addresses become where to connect, paths absolute.
import type { CompatibilityKey, ConfigPath } from '../../model/config.ts';
import type {
  FarmConfig,
  FarmErrorPage,
  LoadBalancingConfig,
  MembershipSourceConfig,
  RetryConfig,
  ServerConfig,
} from '../../model/farm-config.ts';
import { upgradeOnlyMethods } from '../../model/load-balancing.ts';
import { buildAffinity } from './build-affinity.ts';
import { buildProtocol } from './build-protocol.ts';
import type { ConfigSource } from './config-source.ts';
import type { WrittenFarm, WrittenServers } from './farm-schema.ts';
import type { ProblemList } from './problem-list.ts';

/** A farm's name stands in URLs as a host, and in names of cookies. */
const FARM_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** Of errorPages: a status, or a status and a sub-status. */
const PAGE_KEY = /^([45]\d\d)(?:\.(\d{1,3}))?$/;

/** What all farms are built with. */
interface FarmScope {
  readonly compatibility: readonly CompatibilityKey[];
  readonly source: ConfigSource;
  readonly problems: ProblemList;
  /** Names of cookies in use, with the farm that has each. */
  readonly cookies: Map<string, string>;
}

export function buildFarms(
  farms: Record<string, WrittenFarm>,
  compatibility: readonly CompatibilityKey[],
  source: ConfigSource,
  problems: ProblemList,
): FarmConfig[] {
  const scope = { compatibility, source, problems, cookies: new Map<string, string>() };
  return Object.entries(farms).map(([name, farm]) => {
    const path: ConfigPath = ['farms', name];
    if (!FARM_NAME.test(name))
      problems.error(
        path,
        `"${name}" cannot be the name of a farm`,
        'use letters, digits, dots, hyphens and underscores',
      );
    return buildFarm(name, farm, scope);
  });
}

function buildFarm(name: string, farm: WrittenFarm, scope: FarmScope): FarmConfig {
  const { compatibility, source, problems, cookies } = scope;
  const path: ConfigPath = ['farms', name];
  const { maintenancePage } = farm;
  const { enabled, passConnectionCloseHeader, passServerHeader, serverAutoStart, slowStart, queue } = farm;
  return {
    name,
    ...{ enabled, passConnectionCloseHeader, passServerHeader, serverAutoStart, slowStart, queue },
    servers: buildServers(farm.servers),
    loadBalancing: buildLoadBalancing(farm, compatibility),
    affinity: buildAffinity(name, farm.affinity, compatibility, cookies, problems),
    healthCheck: { ...farm.healthCheck, outlier: farm.healthCheck.outlier ?? null },
    protocol: buildProtocol(farm.protocol, [...path, 'protocol'], scope),
    serversFrom: buildSources(farm, path, source),
    maintenancePage:
      maintenancePage === undefined ? null : source.resolvePath([...path, 'maintenancePage'], maintenancePage),
    errorPages: buildErrorPages(farm, path, scope),
    warmUp: farm.warmUp ?? null,
    retry: buildRetry(farm),
    circuitBreaker: farm.circuitBreaker ?? null,
    drain: { idleTimeout: farm.drain.idleTimeout ?? farm.affinity.timeout, deadline: farm.drain.deadline },
  };
}

function buildLoadBalancing(
  { loadBalancing, protocol }: WrittenFarm,
  compatibility: readonly CompatibilityKey[],
): LoadBalancingConfig {
  return {
    algorithm: algorithmInUse(loadBalancing.algorithm, compatibility),
    randomizeLBTies: loadBalancing.randomizeLBTies,
    leastResponseTimePeriod: loadBalancing.leastResponseTimePeriod,
    hashServerVariables: namesIn(loadBalancing.hashServerVariable),
    queryStringNames: namesIn(loadBalancing.queryStringNames),
    hashesQueryString: protocol.cache?.queryStringHandling === 'Accept',
    priorityGroupActivation: loadBalancing.priorityGroupActivation,
  };
}

/** With compatibility `algorithms` as ARR 3.0 has it: three of its names are accepted, and balance by weight (arr.md 6.1). */
function algorithmInUse(written: string, compatibility: readonly CompatibilityKey[]): string {
  return compatibility.includes('algorithms') && upgradeOnlyMethods.has(written) ? 'WeightedRoundRobin' : written;
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function buildRetry({ retry, protocol }: WrittenFarm): RetryConfig {
  return { ...retry, attempts: retry.attempts ?? 1 + protocol.retries };
}

function buildSources({ serversFrom }: WrittenFarm, path: ConfigPath, source: ConfigSource): MembershipSourceConfig[] {
  return serversFrom.map((written, index): MembershipSourceConfig => {
    if ('file' in written) {
      return { kind: 'file', path: source.resolvePath([...path, 'serversFrom', index, 'file'], written.file) };
    }
    if ('dns' in written) {
      const { dns, ...settings } = written;
      return { kind: 'dns', name: dns, ...settings };
    }
    return { kind: 'http', ...written, token: written.token ?? null };
  });
}

function buildErrorPages({ errorPages }: WrittenFarm, path: ConfigPath, { source, problems }: FarmScope) {
  return Object.entries(errorPages).flatMap(([key, page]): FarmErrorPage[] => {
    const at: ConfigPath = [...path, 'errorPages', key];
    const [, status, subStatus] = PAGE_KEY.exec(key) ?? [];
    if (status === undefined) {
      problems.error(
        at,
        `"${key}" is no status of an error`,
        'write a status like "503", or with a sub-status: "502.4"',
      );
      return [];
    }
    const isAddress = /^https?:\/\//i.test(page);
    return [
      {
        status: Number(status),
        subStatus: subStatus === undefined ? null : Number(subStatus),
        page: isAddress ? { kind: 'redirect', url: page } : { kind: 'file', path: source.resolvePath(at, page) },
      },
    ];
  });
}

/** @param source where they come from (ServerConfig.source) */
export function buildServers(servers: WrittenServers, source = 'file'): ServerConfig[] {
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
      source,
      leaving: false,
    };
  });
}
