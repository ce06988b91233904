// Origins: hosts that are no farm, which rules may send requests to when proxy.enabled (arr.md 2, url-rewrite.md 13). One is
// made when a request first needs it. Clients may choose the names, so only so many are kept; one that made room is made
// again. Health, affinity and balancing do not apply; the settings are those of `proxy`.

import { RecentMap } from '../../base/recent-map.ts';
import type { ServerProxyConfig } from '../../model/config.ts';
import type { LoadBalancingPolicy, RequestForwarding } from '../../model/extensions.ts';
import type { Farm, Origins, Server } from '../../model/farm.ts';
import type { ServerConfig } from '../../model/farm-config.ts';
import { serverDefaults } from '../../model/farm-defaults.ts';
import type { ProtocolConfig } from '../../model/protocol-config.ts';
import { type OriginAddress, readOriginAddress } from './origin-address.ts';
import { originConfig } from './origin-config.ts';
import { OriginNumbers } from './origin-numbers.ts';
import { poolKeyOf, securePoolKeyOf } from './pool-key.ts';

const MOST_ORIGINS = 1024;

const ONLY_SERVER: LoadBalancingPolicy = { name: 'origin', pick: (candidates) => candidates[0]! };

/** @param createForwarding of the room that writes heads */
export function compileOrigins(
  proxy: ServerProxyConfig,
  createForwarding: (config: Farm['config']) => RequestForwarding,
): Origins {
  const config = originConfig(proxy);
  return new OriginTable(config, createForwarding(config));
}

class OriginTable implements Origins {
  readonly #config: Farm['config'];
  readonly #forwarding: RequestForwarding;
  readonly #known = new RecentMap<string, Farm>(MOST_ORIGINS);

  constructor(config: Farm['config'], forwarding: RequestForwarding) {
    this.#config = config;
    this.#forwarding = forwarding;
  }

  at(authority: string): Farm | null {
    const known = this.#known.get(authority);
    if (known !== undefined) return known;
    const address = readOriginAddress(authority);
    if (address === null) return null;
    const origin = this.#originAt(authority, address);
    this.#known.set(authority, origin);
    return origin;
  }

  #originAt(name: string, address: OriginAddress): Farm {
    const servers = Object.freeze([originServer(name, address, this.#config.protocol)]);
    return Object.freeze({
      name,
      isOrigin: true,
      config: this.#config,
      servers,
      candidates: () => servers,
      whyNoServer: () => '',
      balancer: ONLY_SERVER,
      affinity: null,
      connections: null,
      forwarding: this.#forwarding,
      retry: null,
      breaker: null,
      queue: null,
    });
  }
}

function originServer(name: string, address: OriginAddress, protocol: ProtocolConfig): Server {
  const { host, httpPort, httpsPort, hostHeader, secureHostHeader } = address;
  const config: ServerConfig = {
    address: name,
    target: { kind: 'tcp', host },
    ...{ httpPort, httpsPort },
    ...serverDefaults(),
  };
  return Object.freeze({
    id: name,
    address: name,
    config,
    farmName: name,
    index: 0,
    slot: -1,
    state: new OriginNumbers(),
    ...{ hostHeader, secureHostHeader },
    poolKey: poolKeyOf('', config, protocol),
    securePoolKey: securePoolKeyOf('', config, protocol),
  });
}
