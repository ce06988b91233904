// The stage of host-name affinity (arr.md 7.3): it narrows the candidates to the servers of the host, whoever the client is. Client affinity and the
// balancing method then work among these.
import type { Stage } from '../../model/extensions.ts';
import type { Farm, Server } from '../../model/farm.ts';
import type { HostDirectory, HostRecord } from '../../model/host-directory.ts';
import { affinityHost } from '../../model/host-name.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { Availability } from '../../model/server-state.ts';

/** @param farms of the snapshot; null where none of them maps hosts */
export function hostAffinityStage(farms: readonly Farm[], hosts: HostDirectory): Stage | null {
  const mains = new Map(
    farms.flatMap((farm) => (farm.config.affinity.hostName === null ? [] : [[farm, mainNames(farm)]])),
  );
  if (mains.size === 0) return null;
  return {
    name: 'hostAffinity',
    onRequest(ctx) {
      const names = mains.get(ctx.farm!);
      if (names === undefined) return undefined;
      const host = hostOf(ctx, names);
      const record = hosts.find(ctx.farm!.name, host);
      if (record !== undefined && narrow(ctx, record)) return undefined;
      if (ctx.client === null) return void trace(ctx, host, record?.addresses ?? null);
      if (ctx.candidates.length === 0) return undefined;
      return hosts.ask(ctx.farm!.name, host).then((found) => {
        if (found !== null) narrow(ctx, found);
        return undefined;
      });
    },
    onEnd(ctx) {
      if (ctx.hostRecord === null || ctx.outcome === null) return;
      hosts.noteUse(ctx.farm!.name, ctx.hostRecord, ctx.outcome.bytesSent, ctx.outcome.bytesReceived);
    },
  };
}

/** Names that share the mapping of another, which is theirs. */
function mainNames({ config }: Farm): ReadonlyMap<string, string> {
  const { hosts, labels } = config.affinity.hostName!;
  return new Map(
    hosts.flatMap(({ name, equivalentHosts }) =>
      equivalentHosts.map((other) => [affinityHost(other, labels), affinityHost(name, labels)] as const),
    ),
  );
}

function hostOf({ inbound, farm }: RequestContext, mains: ReadonlyMap<string, string>): string {
  const name = affinityHost(inbound.host, farm!.config.affinity.hostName!.labels);
  return mains.get(name) ?? name;
}

/** @returns false where the host has lost servers that it could have: then it is to be allocated anew */
function narrow(ctx: RequestContext, record: HostRecord): boolean {
  const { farm, candidates } = ctx;
  if (record.madeOf !== farm) {
    record.servers = farm!.servers.filter(({ address }) => record.addresses.includes(address));
    record.madeOf = farm;
  }
  const able =
    record.servers.length === 1
      ? one(record.servers, candidates)
      : record.servers.filter((server) => serves(server, candidates));
  if (able.length === 0 || (able.length < record.addresses.length && able.length < candidates.length)) return false;
  ctx.candidates = able;
  ctx.hostRecord = record;
  if (ctx.trace !== null) trace(ctx, record.host, record.addresses);
  return true;
}

const NONE: readonly Server[] = [];

/** Without a new list. */
function one(servers: readonly Server[], candidates: readonly Server[]): readonly Server[] {
  return serves(servers[0]!, candidates) ? servers : NONE;
}

/** A draining server keeps its hosts. */
function serves(server: Server, candidates: readonly Server[]): boolean {
  const { state } = server;
  return (state.healthy && state.availability !== Availability.Inactive) || candidates.includes(server);
}

function trace(ctx: RequestContext, host: string, addresses: readonly string[] | null): void {
  const reason =
    addresses === null
      ? 'the host has no servers yet: it would be given some'
      : 'the servers of this host, for all its clients';
  ctx.trace?.push({ stage: 'hostAffinity', host, servers: [...(addresses ?? [])], reason });
}
