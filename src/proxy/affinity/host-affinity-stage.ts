// The stage of host-name affinity (arr.md 7.3): it narrows the candidates to the servers of the host, whoever the client is. Client affinity
// and the balancing method then work among these. Where nobody says in time which they are, the request is balanced as if there were none.
import type { Stage } from '../../model/extensions.ts';
import type { Farm, Server } from '../../model/farm.ts';
import type { HostDirectory, HostRecord } from '../../model/host-directory.ts';
import { HostNames } from '../../model/host-name.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { needCandidates } from './when-server-gone.ts';

/**
 * Throws ProxyError noServer where none of the host's servers serves and no other takes new work.
 * @param farms of the snapshot. @returns null where none of them maps hosts
 */
export function hostAffinityStage(farms: readonly Farm[], hosts: HostDirectory): Stage | null {
  const names = new Map<Farm | null, HostNames>();
  for (const farm of farms) {
    const { hostName } = farm.config.affinity;
    if (hostName !== null) names.set(farm, new HostNames(hostName));
  }
  if (names.size === 0) return null;
  return {
    name: 'hostAffinity',
    onRequest(ctx) {
      const ofFarm = names.get(ctx.farm);
      if (ofFarm === undefined) return undefined;
      const { name: farm } = ctx.farm!;
      const host = ofFarm.nameOf(ctx.inbound.host);
      const record = hosts.find(farm, host);
      if (ctx.client === null) return dryRun(ctx, hosts, host, record);
      if (record !== undefined && !lacksServers(ctx, record, ofFarm.serversOf(host))) {
        return narrow(ctx, hosts, record);
      }
      if (ctx.candidates.length === 0) return narrow(ctx, hosts, record ?? null);
      return hosts.ask(farm, host).then((found) => {
        ctx.candidates = ctx.farm!.candidates(); // it took a while
        return narrow(ctx, hosts, found ?? record ?? null);
      });
    },
    onEnd(ctx) {
      if (ctx.hostRecord === null || ctx.outcome === null) return;
      hosts.noteEnd(ctx.farm!.name, ctx.hostRecord, ctx.outcome.bytesSent, ctx.outcome.bytesReceived);
    },
  };
}

/** Whether the host has fewer servers than it needs, and the farm others that were not offered to it before. */
function lacksServers(ctx: RequestContext, record: HostRecord, wanted: number): boolean {
  const { farm, candidates } = ctx;
  const able = record.servers.able(farm!, candidates);
  if (able.length >= wanted || record.askedWith === candidates) return false;
  record.askedWith = candidates;
  return candidates.some((server) => !able.includes(server));
}

function narrow(ctx: RequestContext, hosts: HostDirectory, record: HostRecord | null): undefined {
  const able = record?.servers.able(ctx.farm!, ctx.candidates) ?? NONE;
  if (able.length > 0) {
    ctx.candidates = able;
    ctx.hostRecord = record;
    hosts.noteStart(ctx.farm!.name, record!);
  } else if (ctx.farm!.affinity === null) needCandidates(ctx);
  return undefined;
}

const NONE: readonly Server[] = [];

/** Allocates nothing, and counts nothing. */
function dryRun(ctx: RequestContext, hosts: HostDirectory, host: string, record: HostRecord | undefined): undefined {
  const farm = ctx.farm!;
  const servers = hosts.preview(farm.name, host);
  const able = servers?.able(farm, ctx.candidates) ?? NONE;
  if (able.length > 0) {
    ctx.candidates = able;
    ctx.hostRecord = record ?? null;
  } else if (farm.affinity === null) needCandidates(ctx);
  const kept = record?.servers.addresses;
  const isKept = kept !== undefined && kept.join() === servers?.addresses.join();
  const reason = isKept
    ? 'the servers of this host, for all its clients'
    : kept !== undefined
      ? `the host has ${kept.join(', ')}, and would be given these, since some of its servers take no work or are too few`
      : servers === null
        ? 'the host has no servers yet: it would be given some'
        : 'the host has no servers yet: it would be given these';
  ctx.trace?.push({ stage: 'hostAffinity', host, servers: [...(servers?.addresses ?? [])], reason });
  return undefined;
}
