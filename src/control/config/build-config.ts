// The configuration as the schemas leave it → Config: what the rest of the router is given.
import { dirname, join } from 'node:path';
import type { AccessLogConfig, AdminConfig, Config } from '../../model/config.ts';
import { defaultLevelSettings, noFiltering } from '../../model/level-settings.ts';
import { isLoopback } from '../../model/listen-address.ts';
import { readAddressRanges } from './address-ranges.ts';
import { buildFarms } from './build-farms.ts';
import { buildFiltering } from './build-filtering.ts';
import type { ServerLevel } from './build-level.ts';
import { buildListeners, readAddress } from './build-listeners.ts';
import { buildOutboundRules } from './build-outbound.ts';
import { buildProtocol } from './build-protocol.ts';
import { buildProviders } from './build-providers.ts';
import { buildRewriteMaps, buildRuleSet } from './build-rules.ts';
import { buildSites } from './build-sites.ts';
import type { ConfigSource } from './config-source.ts';
import { extensionAddresses } from './extension-addresses.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';
import { rulesPath } from './written-lists.ts';

export interface AbsentSections {
  /** Where state goes when `stateDirectory` is not written; null keeps none. Absent: `.narrows` beside the file. */
  stateDirectoryDefault?: string | null;
  /** Whether a configuration without `admin` has an admin API: true under the command line, false in the library. */
  adminDefault?: boolean;
}

/**
 * @param raw the configuration as written
 * @param file the file it was read from; null for an object
 */
export function buildConfig(
  written: Written,
  raw: Record<string, unknown>,
  file: string | null,
  source: ConfigSource,
  absent: AbsentSections,
  problems: ProblemList,
): Config {
  const { limits, compatibility, workers, watch, resolvers } = written;
  const { enabled, ...proxy } = written.proxy;
  const { shutdownTimeout, shutdownIdleGrace, workerStallTimeout, dnsRefresh } = written;
  const server: ServerLevel = {
    rewriteMaps: buildRewriteMaps(written.rewriteMaps, ['rewriteMaps'], problems),
    providers: buildProviders(written.providers, ['providers'], { source, documentRoot: null, folders: [], problems }),
    outboundRules: buildOutboundRules(written.outboundRules, ['outboundRules']),
    allowedServerVariables: written.allowedServerVariables.map((name) => name.toUpperCase()),
    settings: {
      ...defaultLevelSettings,
      requestFiltering: buildFiltering(defaultLevelSettings.requestFiltering, written.requestFiltering),
    },
  };
  const sites = buildSites(written, server, source, problems);
  return {
    listeners: buildListeners(written, sites, source, problems),
    farms: buildFarms(written.farms, compatibility, source, problems),
    sites,
    unmatchedHost: written.unmatchedHost,
    rules: buildRuleSet(written.rules, rulesPath(raw)),
    rewriteMaps: server.rewriteMaps,
    providers: server.providers,
    outboundRules: server.outboundRules,
    proxy: { enabled, ...buildProtocol(proxy, ['proxy'], { source, problems }) },
    admin: buildAdmin(written.admin, absent.adminDefault ?? false, problems),
    accessLog: buildAccessLog(written.accessLog, source),
    webhooks: written.webhooks.map((webhook) => ({ ...webhook, token: webhook.token ?? null })),
    stateDirectory: stateDirectory(written.stateDirectory, file, source, absent),
    extensions: extensionAddresses(raw, source),
    vulnerablePatterns: written.vulnerablePatterns,
    slowPatterns: [],
    requestFiltering: buildFiltering(noFiltering, written.requestFiltering),
    trustedProxies: readAddressRanges(written.trustedProxies, ['trustedProxies'], problems),
    ...{ limits, compatibility, workers, watch, resolvers },
    ...{ shutdownTimeout, shutdownIdleGrace, workerStallTimeout, dnsRefresh },
  };
}

function buildAdmin(written: Written['admin'], enabledWhenAbsent: boolean, problems: ProblemList): AdminConfig {
  if (!written)
    return { enabled: enabledWhenAbsent, address: { kind: 'tcp', host: '127.0.0.1', port: 9400 }, token: null };
  const address = readAddress(written.address, ['admin', 'address'], problems);
  if (written.enabled && written.token === undefined && !isLoopback(address)) {
    const message = `${written.address} can be reached from other machines, and there is no token`;
    problems.error(['admin', 'address'], message, 'add admin.token: ${NARROWS_TOKEN}, or listen on 127.0.0.1');
  }
  return { enabled: written.enabled, address, token: written.token ?? null };
}

function buildAccessLog(written: Written['accessLog'], source: ConfigSource): AccessLogConfig | null {
  if (!written) return null;
  const path = written.path === '-' ? '-' : source.resolvePath(['accessLog', 'path'], written.path);
  return { ...written, path, fields: written.fields ?? null };
}

function stateDirectory(
  written: string | undefined,
  file: string | null,
  source: ConfigSource,
  absent: AbsentSections,
): string | null {
  if (written !== undefined) return source.resolvePath(['stateDirectory'], written);
  if (absent.stateDirectoryDefault !== undefined) return absent.stateDirectoryDefault;
  return file === null ? null : join(dirname(file), '.narrows');
}
