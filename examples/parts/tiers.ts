// The processes that all deployments have: content servers, two routers in front of them, and the front tier.
import { fileURLToPath } from 'node:url';
import type { Deployment } from './deployment.ts';
import { startMovingFronts } from './moving-front.ts';
import { type NarrowsOptions, startNarrows } from './narrows.ts';
import type { StartedProcess } from './started-process.ts';

const CONTENT_SERVER = fileURLToPath(new URL('content-server.ts', import.meta.url));

/** Ports where the README says something else than "a free one". */
export const PORTS = { front: 8080, frontTls: 8443, router: 8080, routerTls: 8443, admin: 9400, server: 9000 } as const;

/** Whoever asks the admin API of a router more than whether it is ready has to know it. */
const ADMIN_TOKEN = 'example';

/** Servers A, B and C. @param saysHost they have several sites each */
export async function startServers(deployment: Deployment, saysHost: boolean): Promise<StartedProcess[]> {
  const servers: StartedProcess[] = [];
  for (const [index, name] of ['A', 'B', 'C'].entries()) {
    const port = String(deployment.takesFreePorts ? 0 : PORTS.server + 1 + index);
    const command = [process.execPath, CONTENT_SERVER, name, port, ...(saysHost ? ['sites'] : [])];
    servers.push(await deployment.start(command, { title: `server ${name}` }));
  }
  return servers;
}

/** What a router's file takes for its servers. */
export function serverAddresses([a, b, c]: readonly StartedProcess[]): Record<string, string> {
  const host = (server: StartedProcess | undefined): string => server!.url('server').host;
  return { SERVER_A: host(a), SERVER_B: host(b), SERVER_C: host(c) };
}

/** Routers 1 and 2, alike but for name and addresses. @param own what is each one's own */
export async function startRouters(
  deployment: Deployment,
  common: Pick<NarrowsOptions, 'file' | 'env'>,
  own: (number: number) => Pick<NarrowsOptions, 'env' | 'options'>,
): Promise<StartedProcess[]> {
  const routers: StartedProcess[] = [];
  for (const number of [1, 2]) {
    const { env, options = [] } = own(number);
    const title = `router ${number}`;
    const named = { NAME: title, ADMIN: deployment.address(PORTS.admin + number), ADMIN_TOKEN };
    const file = common.file;
    routers.push(await startNarrows(deployment, { title, file, options, env: { ...common.env, ...named, ...env } }));
  }
  return routers;
}

/** The front tier, or two where there is a network: they share an address. @param env where its file finds the routers */
export async function startFronts(
  deployment: Deployment,
  file: string,
  listen: Readonly<Record<string, number>>,
  env: Readonly<Record<string, string>>,
): Promise<StartedProcess[]> {
  const ADMIN = deployment.ownAddress(PORTS.admin);
  if (deployment.network !== null) return startMovingFronts(deployment, file, listen, { ...env, ADMIN });
  const own = Object.entries(listen).map(([name, port]) => [name, deployment.ownAddress(port)]);
  const all = { ...env, ...Object.fromEntries(own), ADMIN };
  return [await startNarrows(deployment, { title: 'front tier', file, env: all, tellsHealth: true })];
}

/** Where the monitor of the front tier asks the routers. */
export function monitorPorts([first, second]: readonly StartedProcess[]): Record<string, string> {
  return { ROUTER_1_ADMIN: first!.url('admin').port, ROUTER_2_ADMIN: second!.url('admin').port };
}
