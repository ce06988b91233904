// Three tiers: routers that serve the static files themselves, and application servers behind them (arr.md 12.1).
import { randomBytes } from 'node:crypto';
import type { Deployment } from '../deployment.ts';
import { describe } from '../description.ts';
import { monitorPorts, PORTS, serverAddresses, startFronts, startRouters, startServers } from '../tiers.ts';

/** Starts all of it. @param name its folder @returns what is where */
export async function startThreeTier(deployment: Deployment, name: string): Promise<string> {
  const servers = await startServers(deployment, false);
  const secret = { AFFINITY_SECRET: randomBytes(24).toString('base64url') };
  const common = { file: 'parts/three-tier/router.yaml', env: { ...serverAddresses(servers), ...secret } };
  const routers = await startRouters(deployment, common, (number) => ({
    env: {},
    options: ['--listen', deployment.address(PORTS.router + number)],
  }));
  const [first, second] = routers.map((router) => router.url('web').host);
  const found = { ROUTER_1: first!, ROUTER_2: second!, ...monitorPorts(routers) };
  const fronts = await startFronts(deployment, `${name}/front.yaml`, { LISTEN: PORTS.front }, found);
  return describe(fronts, ['ARR_VS'], routers, ['web'], servers);
}
