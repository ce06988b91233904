// What ties the clients of a farm to its servers: a cookie, or something that they send of themselves.
import type { Balanced } from '../../model/balanced.ts';
import type { AffinityPolicy, ConnectionAffinity } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { AffinityConfig } from '../../model/farm-config.ts';
import { compileCookieAffinity } from './cookie-affinity.ts';
import type { BindingServices } from './farm-bindings.ts';
import { type ClientKey, clientKey, LearnedAffinity } from './learned-affinity.ts';

export interface AffinityServices extends BindingServices {
  /** Makes and checks values of cookies where the farm has no secret of its own. */
  readonly secret: string;
  readVariable(name: string): ClientKey;
}

/**
 * Null: the farm has no client affinity.
 * @param servers the farm's compiled servers, each at its index
 */
export function compileAffinity(
  config: AffinityConfig,
  farmName: string,
  servers: readonly Server[],
  services: AffinityServices,
): AffinityPolicy | null {
  const { by, timeout } = config;
  if (by !== null) {
    return new LearnedAffinity(by.kind, clientKey(by, services.readVariable), servers, timeout, services);
  }
  return config.useCookie ? compileCookieAffinity(config, farmName, servers, services.secret, services) : null;
}

/** The variable that a connection has too: clients that come with requests and with connections are bound together. */
const ADDRESS = 'REMOTE_ADDR';

/** Whether clients of virtual servers are bound, by their address. */
function bindsConnections({ by }: AffinityConfig): boolean {
  return by?.kind === 'variable' && by.name.toUpperCase() === ADDRESS;
}

/** As compileAffinity(), for connections of virtual servers. Null: they are bound by nothing that they have. */
export function compileConnectionAffinity(
  config: AffinityConfig,
  servers: readonly Server[],
  services: BindingServices,
): ConnectionAffinity | null {
  if (!bindsConnections(config)) return null;
  return new LearnedAffinity(
    'address',
    ({ clientAddress }: Balanced) => clientAddress,
    servers,
    config.timeout,
    services,
  );
}
