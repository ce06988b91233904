// The stages that refuse requests: before the rules of a site run by the client's address and by the URL as it came,
// after them by the wish to switch to WebSocket. journey.ts says where each stands.
import type { Answer } from '../../model/answer.ts';
import type { Config } from '../../model/config.ts';
import type { Stage } from '../../model/extensions.ts';
import { noFiltering, type RequestFilteringConfig } from '../../model/level-settings.ts';
import { ProxyError, siteConfigBroken } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Site } from '../../model/site.ts';
import { BodyKind } from '../../wire/http1/body-kind.ts';
import { FieldKind } from '../../wire/http1/fields.ts';
import { listMembers } from '../../wire/http1/list-members.ts';
import { decodePath, prepareTarget } from '../../wire/target.ts';
import { AddressFilter } from './address-filter.ts';
import { RequestFilter } from './request-filter.ts';
import { TransportFilter } from './transport-filter.ts';

/** For requests of no site, before all rules; null where nothing is written for them. */
export function serverFilterStage(config: RequestFilteringConfig): Stage | null {
  const { allowDoubleEscaping } = noFiltering;
  if (JSON.stringify({ ...config, allowDoubleEscaping }) === JSON.stringify(noFiltering)) return null;
  const filter = new RequestFilter(config);
  return {
    name: 'filtering',
    onRequest(ctx) {
      if (ctx.site === null) filter.check(ctx.inbound, originalPath(ctx));
      return undefined;
    },
  };
}

/** ipSecurity, access and requestFiltering of the level, for all requests of sites: also those that the global rules sent to a farm, as in IIS. */
export function siteFilterStage(sites: readonly Site[]): Stage {
  const filters: LevelFilters[] = [];
  for (const { id, config } of sites.flatMap((site) => site.levels)) {
    const { ipSecurity, access, requestFiltering } = config.settings;
    const transport = new TransportFilter(access);
    const servesAll = ipSecurity.allowUnlisted && ipSecurity.list.length === 0;
    filters[id] = {
      addresses: servesAll ? null : new AddressFilter(ipSecurity),
      transport: transport.servesAll ? null : transport,
      requests: new RequestFilter(requestFiltering),
    };
  }
  return { name: 'filtering', onRequest: (ctx) => filterRequest(ctx, filters) };
}

interface LevelFilters {
  addresses: AddressFilter | null;
  transport: TransportFilter | null;
  requests: RequestFilter;
}

function filterRequest(ctx: RequestContext, filters: readonly LevelFilters[]): Answer | undefined {
  const { level, inbound } = ctx;
  if (level === null) return undefined;
  const { addresses, transport, requests } = filters[level.id]!;
  const refused = addresses?.check(ctx.clientAddress);
  if (refused !== undefined) return refused;
  transport?.check(ctx);
  const path = originalPath(ctx);
  const broken = ctx.site!.brokenAbove(path);
  if (broken?.mayGuard) throw siteConfigBroken(broken); // whom it keeps out cannot be told
  requests.check(inbound, path);
  if (inbound.bodyKind === BodyKind.chunked) ctx.client?.limitBody(requests.bodyLimit);
  return undefined;
}

/** For paths that admitRequest() lets through because some level takes them; null where all take them, or none does. */
export function doubleEscapingStage({ requestFiltering, sites }: Config): Stage | null {
  const ofLevels = sites.flatMap(({ levels }) => levels.map(({ settings }) => settings.requestFiltering));
  const flags = new Set([requestFiltering, ...ofLevels].map(({ allowDoubleEscaping }) => allowDoubleEscaping));
  if (flags.size === 1) return null;
  return {
    name: 'doubleEscaping',
    onRequest({ level, inbound }) {
      const { allowDoubleEscaping } = level?.config.settings.requestFiltering ?? requestFiltering;
      const target = prepareTarget(inbound.path, allowDoubleEscaping);
      if (typeof target !== 'string') throw new ProxyError(target.code, target.reason);
      return undefined;
    },
  };
}

/** As it came, with dot segments resolved. */
function originalPath({ inbound }: RequestContext): string {
  const target = prepareTarget(inbound.path, true);
  return decodePath(typeof target === 'string' ? target : inbound.path);
}

/** webSocket: { enabled: false }; null where no level says so. */
export function webSocketStage(sites: readonly Site[]): Stage | null {
  const isOff = (level: Site['levels'][number]) => !level.config.settings.webSocket.enabled;
  if (!sites.some((site) => site.levels.some(isOff))) return null;
  return {
    name: 'webSocket',
    onRequest(ctx) {
      if (!ctx.inbound.wantsUpgrade || ctx.level === null || !isOff(ctx.level)) return undefined;
      if (listMembers(ctx.inbound.fieldOfKind(FieldKind.upgrade)!).includes('websocket'))
        throw new ProxyError(
          'webSocketOff',
          'this part of the site takes no WebSocket connections (webSocket.enabled)',
        );
      return undefined;
    },
  };
}
