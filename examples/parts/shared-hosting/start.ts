// Shared hosting: many sites on few servers, each at home on one of them, TLS by SNI (arr.md 7.3, 12.5).
import { join } from 'node:path';
import type { Deployment } from '../deployment.ts';
import { describe } from '../description.ts';
import { monitorPorts, PORTS, serverAddresses, startFronts, startRouters, startServers } from '../tiers.ts';
import { makeCertificates } from './certificates.ts';

/** Starts all of it. @param name its folder @returns what is where */
export async function startSharedHosting(deployment: Deployment, name: string): Promise<string> {
  const certificates = join(deployment.folder, 'certificates');
  const authority = makeCertificates(certificates, [
    'alpha.example',
    'www.alpha.example',
    'beta.example',
    '*.gamma.example',
  ]);
  const servers = await startServers(deployment, true);
  const env = { ...serverAddresses(servers), CERTIFICATES: certificates };
  const routers = await startRouters(deployment, { file: 'parts/shared-hosting/router.yaml', env }, (number) => ({
    env: {
      LISTEN: deployment.address(PORTS.router + number),
      LISTEN_TLS: deployment.address(PORTS.routerTls + number),
    },
  }));
  const [first, second] = routers.map((router) => router.url('web').host);
  const [firstTls, secondTls] = routers.map((router) => router.url('secure').host);
  const listen = { LISTEN: PORTS.front, LISTEN_TLS: PORTS.frontTls };
  const fronts = await startFronts(deployment, `${name}/front.yaml`, listen, {
    ROUTER_1: first!,
    ROUTER_2: second!,
    ROUTER_1_TLS: firstTls!,
    ROUTER_2_TLS: secondTls!,
    ...monitorPorts(routers),
  });
  const places = describe(fronts, ['ARR_VS', 'ARR_VS_TLS'], routers, ['web', 'secure'], servers);
  return `${places}\n  authority of the certificates: ${authority}\n`;
}
