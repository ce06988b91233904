// Configurations of farms and servers with ARR's defaults, for tests that compile rooms without a configuration file.
import type { ServerProxyConfig } from '../../src/model/config.ts';
import type { Server } from '../../src/model/farm.ts';
import type { FarmConfig, ServerConfig } from '../../src/model/farm-config.ts';
import { farmDefaults, serverDefaults } from '../../src/model/farm-defaults.ts';
import { farmSlotId, ServerTable, serverId } from '../../src/model/server-table.ts';
import { ServerTableOwner } from '../../src/model/server-table-owner.ts';
import { serverTlsDefaults } from '../../src/model/server-tls.ts';

/** A server at `host:port`, Active, of weight 100. */
export function sampleServer(address: string, changes: Partial<ServerConfig> = {}): ServerConfig {
  const [host, port] = address.split(':');
  return {
    address,
    target: { kind: 'tcp', host: host! },
    httpPort: Number(port ?? 80),
    httpsPort: Number(port ?? 443),
    ...serverDefaults(),
    ...changes,
  };
}

/** A farm of `servers`, given as addresses or whole. */
export function sampleFarm(
  name: string,
  servers: readonly (string | ServerConfig)[],
  changes: Partial<FarmConfig> = {},
): FarmConfig {
  return {
    ...farmDefaults(),
    name,
    servers: servers.map((server) => (typeof server === 'string' ? sampleServer(server) : server)),
    protocol: {
      httpVersion: 'Http11',
      keepAlive: true,
      timeout: 30_000,
      preserveHostHeader: true,
      alternateHostName: '',
      reverseRewriteHostInResponseHeaders: false,
      xForwardedForHeaderName: 'X-Forwarded-For',
      includePortInXForwardedFor: true,
      xForwardedByHeaderName: '',
      xForwardedByHeader: '',
      arrResponseHeader: false,
      sslHeaderName: 'X-ARR-SSL',
      clientCertHeaderName: 'X-ARR-ClientCert',
      logGuidName: 'X-ARR-LOG-ID',
      maxForwards: 10,
      minResponseBuffer: 0,
      responseBufferLimit: 4_194_304,
      bufferChunkedResponses: false,
      maxResponseHeaderSize: 65_536,
      stealthMode: false,
      tls: serverTlsDefaults(),
      maxConnections: 0,
      idleTimeout: 4_000,
      proxyProtocol: 'off',
      retries: 1,
      upgrade: { allow: ['websocket'], idleTimeout: 0, closeSpread: 10_000 },
    },
    passServerHeader: 'PassThrough',
    ...changes,
  };
}

/** `proxy` with its defaults, enabled. */
export function sampleProxy(changes: Partial<ServerProxyConfig> = {}): ServerProxyConfig {
  const { protocol } = sampleFarm('', []);
  const own = { timeout: 120_000, preserveHostHeader: false, reverseRewriteHostInResponseHeaders: true };
  return { enabled: true, ...protocol, ...own, ...changes };
}

/** The slots of a farm's servers and cursors in a table of `rows` workers. */
export function sampleTable(config: FarmConfig, rows = 1): { owner: ServerTableOwner; slots: Map<string, number> } {
  const owner = ServerTableOwner.create(rows);
  const ids = [farmSlotId(config.name), ...config.servers.map((server) => serverId(config.name, server.address))];
  return { owner, slots: new Map(ids.map((id) => [id, owner.claim(id)])) };
}

/** Compiled servers, in file order, whose numbers are written to `row`. */
export function sampleServers(
  config: FarmConfig,
  { owner, slots }: ReturnType<typeof sampleTable>,
  row = 0,
): readonly Server[] {
  const table = ServerTable.attach(owner.blocks, row);
  return config.servers.map((server, index) => {
    const id = serverId(config.name, server.address);
    return {
      id,
      address: server.address,
      config: server,
      farmName: config.name,
      index,
      slot: slots.get(id)!,
      state: table.state(slots.get(id)!),
      hostHeader: server.address,
      secureHostHeader: server.address,
      poolKey: id,
      securePoolKey: `${id} https`,
    };
  });
}
