// Routers that reach their servers by https, and servers that speak TLS.
import type { TlsOptions } from 'node:tls';
import { type Answer, type Backend, backend } from './backend.ts';
import { type RouterSetup, type RunningRouter, shop } from './router.ts';
import type { CertificateOptions, TestCertificates } from './test-certificates.ts';

/** What a server at 127.0.0.1 has to show. */
export const LOCAL: CertificateOptions = { names: 'IP:127.0.0.1' };

/** Sends everything to the farm `shop` by https. */
export const TO_SHOP = [
  { name: 'secure', match: { url: '.*' }, action: { type: 'Rewrite', url: 'https://shop/{R:0}' } },
];

export class SecureShop {
  readonly certificates: TestCertificates;

  constructor(certificates: TestCertificates) {
    this.certificates = certificates;
  }

  /** A server with a certificate of these properties. */
  server(certificate = LOCAL, answer?: Answer, tls: TlsOptions = {}): Promise<Backend> {
    return backend(answer, { tls: { ...this.certificates.make(certificate), ...tls } });
  }

  /** A router that trusts the test authority. @param tls settings of protocol.tls beside it */
  router(
    servers: readonly (Backend | string | object)[],
    tls: Record<string, unknown> = {},
    farm: Record<string, unknown> = {},
    rest: Record<string, unknown> = {},
    setup: RouterSetup = {},
  ): Promise<RunningRouter> {
    return shop([], this.farm(servers, tls, farm), { rules: TO_SHOP, ...rest }, setup);
  }

  /** The same farm, as a configuration has it. */
  farm(
    servers: readonly (Backend | string | object)[],
    tls: Record<string, unknown> = {},
    farm: Record<string, unknown> = {},
  ): Record<string, unknown> {
    const protocol = { tls: { ca: this.certificates.ca, ...tls }, ...(farm.protocol as object) };
    const addresses = servers.map((server) => (isBackend(server) ? server.address : server));
    return { ...farm, protocol, servers: addresses };
  }
}

function isBackend(server: Backend | string | object): server is Backend {
  return typeof server === 'object' && 'connections' in server;
}
