// Config to Snapshot, in every thread alike: each room compiles its part.
import type { Clock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import type { Config, ConfigProblem, ListenerConfig } from '../model/config.ts';
import type { Farm, FarmBalancers } from '../model/farm.ts';
import type { FarmConfig } from '../model/farm-config.ts';
import type { HostDirectory } from '../model/host-directory.ts';
import type { ServerTable } from '../model/server-table.ts';
import type { SiteConfig } from '../model/site-config.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compileAffinity, compileConnectionAffinity } from '../proxy/affinity/compile-affinity.ts';
import { checkWeights } from '../proxy/balancer/check-weights.ts';
import { createBalancers } from '../proxy/balancer/registry.ts';
import { compileFarm } from '../proxy/farms/compile-farm.ts';
import { compileOrigins } from '../proxy/farms/origins.ts';
import { journeyStages } from '../proxy/journey/journey.ts';
import { compileAddresses } from '../proxy/listener/address-set.ts';
import { compileListeners } from '../proxy/listener/compile-listeners.ts';
import { checkFields } from '../proxy/outcomes/check-fields.ts';
import { compileRules } from '../proxy/rules/compile-rules.ts';
import { compileOutboundSets } from '../proxy/rules/outbound/compile-outbound-sets.ts';
import { sharedParts } from '../proxy/rules/shared-parts.ts';
import { farmVariables } from '../proxy/rules/variables/read-variable.ts';
import { compileSites } from '../proxy/sites/compile-sites.ts';
import { ForwardedHead } from '../proxy/upstream/forwarded-head.ts';
import type { Revision } from './data-plane-port.ts';
import type { Extensions } from './extensions.ts';
import { noHosts } from './no-hosts.ts';

/**
 * @param problems gets what the rooms find wrong; with an error among them the snapshot is not to be used
 * @param hosts absent: nobody knows any
 * @param before what is in force; absent at the start
 */
export function compileSnapshot(
  revision: Revision,
  table: ServerTable,
  extensions: Extensions,
  clock: Clock,
  problems: ConfigProblem[],
  hosts: HostDirectory = noHosts,
  before?: Snapshot,
): Snapshot {
  const { config } = revision;
  const createForwarding = (farm: FarmConfig) =>
    new ForwardedHead(farm, config.compatibility.includes('xForwardedFor'));
  const readerOf = farmVariables(config, problems);
  const bindings = ({ name }: FarmConfig) => ({
    ...{ clock, seed: revision.bindingSeed },
    memory: revision.bindings.get(name)!,
  });
  const farms = config.farms.map((farm) =>
    compileFarm(farm, {
      ...{ table, clock },
      slots: revision.slots,
      createBalancers: (farmConfig, cursors) =>
        balancerOfExtension(farmConfig, extensions, problems) ??
        balancersBefore(farmConfig, before) ??
        createBalancers({
          ...{
            cursors,
            clock,
            random: systemRandom,
            tieSeed: farmConfig.loadBalancing.randomizeLBTies ? revision.tieSeed : null,
          },
          config: farmConfig.loadBalancing,
          readVariable: (name) =>
            readerOf(name, farmConfig.name, ['farms', farmConfig.name, 'loadBalancing', 'hashServerVariable']),
        }),
      createForwarding,
      createAffinity: (farmConfig, servers) =>
        compileAffinity(farmConfig.affinity, farmConfig.name, servers, {
          ...bindings(farmConfig),
          secret: revision.affinitySecret,
          readVariable: (name) => readerOf(name, farmConfig.name, ['farms', farmConfig.name, 'affinity', 'name']),
        }),
      createConnectionAffinity: (farmConfig, servers) =>
        compileConnectionAffinity(farmConfig.affinity, servers, bindings(farmConfig)),
    }),
  );
  problems.push(...checkWeights(config.farms), ...checkFields(config));
  const sites = compileSites(config.sites);
  const shared = sharedParts(config, (provider) => extensions.provider(provider, problems));
  const rules = compileRules(config, sites, problems, shared);
  const outbound = compileOutboundSets(config, sites, problems, shared);
  const asksForCertificates = before?.asksForCertificates === true || config.listeners.some(isAsking);
  const stages = journeyStages(
    config,
    asksForCertificates,
    farms,
    sites,
    rules,
    outbound,
    extensions.stages(config, problems),
    clock,
    hosts,
  );
  return Object.freeze({
    id: revision.id,
    config,
    farms: new Map(farms.map((farm) => [farm.name.toLowerCase(), farm])),
    onlyFarm: onlyFarm(config, farms),
    origins: config.proxy.enabled ? compileOrigins(config.proxy, createForwarding) : null,
    allowsDoubleEscaping: allowsDoubleEscaping(config),
    trustedProxies: compileAddresses(config.trustedProxies),
    listeners: compileListeners(config.listeners, revision.tls, before?.listeners),
    asksForCertificates,
    stages,
    answerStages: stages.filter(({ answersToo }) => answersToo === true),
    sinks: extensions.sinks(config, problems),
  });
}

/**
 * A method that stays goes on where it is: with the turns that it has given, and the times that it has measured. What server variables
 * are depends on the rules.
 */
function balancersBefore({ name, loadBalancing }: FarmConfig, before?: Snapshot): FarmBalancers | null {
  const farm = before?.farms.get(name.toLowerCase());
  const isSame = JSON.stringify(farm?.config.loadBalancing) === JSON.stringify(loadBalancing);
  if (farm === undefined || !isSame || loadBalancing.hashServerVariables.length > 0) return null;
  return { requests: farm.balancer, connections: farm.connections?.balancer ?? null };
}

/** It may read anything of a request: no connection is given to it. */
function balancerOfExtension(
  farm: FarmConfig,
  extensions: Extensions,
  problems: ConfigProblem[],
): FarmBalancers | null {
  const requests = extensions.balancer(farm, problems);
  return requests === null ? null : { requests, connections: null };
}

/** One farm and no rules: what no site serves from its folder goes to the farm (CONTRACT 2, absent sections). */
function onlyFarm({ rules, sites }: Config, farms: readonly Farm[]): Farm | null {
  const noRules = rules.list.length === 0 && !sites.some(hasRules);
  return farms.length === 1 && noRules ? farms[0]! : null;
}

function allowsDoubleEscaping({ requestFiltering, sites }: Config): boolean {
  const ofLevels = sites.flatMap(({ levels }) => levels.map(({ settings }) => settings.requestFiltering));
  return [requestFiltering, ...ofLevels].some((filtering) => filtering.allowDoubleEscaping);
}

function isAsking({ tls }: ListenerConfig): boolean {
  return tls !== null && tls.clientCertificates !== 'off';
}

/** Rules that cannot be read are rules: else a fault in them would send to the farm what they kept from it. */
function hasRules({ levels, brokenFolders }: SiteConfig): boolean {
  return levels.some(({ rules }) => rules.list.length > 0) || brokenFolders.some(({ mayHaveRules }) => mayHaveRules);
}
