// What ties the clients of a farm to its servers: a cookie, or something that they send of themselves.
import type { AffinityPolicy } from '../../model/extensions.ts';
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
