// Listeners as written, and those that site bindings make → ListenerConfig (CONTRACT 2, absent sections).
import type { ConfigPath, ListenAddress, ListenerConfig } from '../../model/config.ts';
import { formatListenAddress, parseListenAddress } from '../../model/listen-address.ts';
import type { BindingConfig, SiteConfig } from '../../model/site-config.ts';
import { withoutCertificates } from '../../model/tls-config.ts';
import { readAddressRanges } from './address-ranges.ts';
import { buildTls, checkTls } from './build-tls.ts';
import { buildVirtualServer, checkVirtualServer } from './build-virtual-server.ts';
import type { ConfigSource } from './config-source.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';

/** Where no listener and no binding is written (CONTRACT 2). */
const DEFAULT: ListenerConfig = {
  name: 'default',
  address: { kind: 'tcp', host: '127.0.0.1', port: 8080 },
  protocol: 'http',
  virtualServer: null,
  tls: null,
  proxySenders: [],
  anyPort: false,
};
const NO_ADDRESS: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

export function buildListeners(
  written: Written,
  sites: readonly SiteConfig[],
  source: ConfigSource,
  problems: ProblemList,
): ListenerConfig[] {
  const listeners = Object.entries(written.listeners).map(([name, listener]): ListenerConfig => {
    const path: ConfigPath = ['listeners', name];
    checkListener(listener, path, written, problems);
    const address = readAddress(listener.address, [...path, 'address'], problems);
    const { protocol, proxyProtocol } = listener;
    const tls = listener.tls === undefined ? null : buildTls(listener.tls, [...path, 'tls'], source);
    const virtualServer = protocol === 'tcp' ? buildVirtualServer(listener) : null;
    const proxySenders = readAddressRanges(proxyProtocol?.from ?? [], [...path, 'proxyProtocol', 'from'], problems);
    return { name, address, protocol, virtualServer, tls, proxySenders, anyPort: false };
  });
  reportTwins(listeners, problems);
  for (const { name, bindings } of sites) {
    for (const binding of bindings) {
      if (!listeners.some((listener) => covers(listener, binding))) listeners.push(forSite(name, binding, listeners));
    }
  }
  return listeners.length > 0 ? listeners : [DEFAULT];
}

/** Reads an address of the configuration; what is wrong with it becomes a problem. */
export function readAddress(text: string, path: ConfigPath, problems: ProblemList): ListenAddress {
  const address = parseListenAddress(text);
  if (!('fault' in address)) return address;
  problems.error(path, address.fault, 'write it like 127.0.0.1:8080');
  return NO_ADDRESS;
}

function checkListener(
  listener: Written['listeners'][string],
  path: ConfigPath,
  written: Written,
  problems: ProblemList,
): void {
  checkVirtualServer(listener, path, problems);
  const { tls, address } = listener;
  if (tls !== undefined) checkTls({ tls, address }, [...path, 'tls'], written, problems);
}

function reportTwins(listeners: readonly ListenerConfig[], problems: ProblemList): void {
  const seen = new Map<string, string>();
  for (const { name, address } of listeners) {
    if (address.kind === 'tcp' && address.port === 0) continue;
    const text = formatListenAddress(address);
    const twin = seen.get(text);
    if (twin)
      problems.error(['listeners', name, 'address'], `listener "${twin}" has this address too`, 'give each its own');
    seen.set(text, name);
  }
}

function covers({ address, protocol, tls }: ListenerConfig, binding: BindingConfig): boolean {
  if (protocol !== 'http' || address.kind !== 'tcp' || address.port !== binding.port) return false;
  if ((tls !== null) !== (binding.protocol === 'https')) return false;
  return (
    binding.address === '*' || address.host === binding.address || address.host === '0.0.0.0' || address.host === '::'
  );
}

function forSite(site: string, binding: BindingConfig, others: readonly ListenerConfig[]): ListenerConfig {
  const plain = site.replaceAll(/\s+/g, '-'); // `listening NAME URL` is read word by word (CONTRACT 1)
  const taken = others.some((listener) => listener.name === plain);
  const host = binding.address === '*' ? '0.0.0.0' : binding.address;
  const name = taken ? `${plain}-${binding.port}` : plain;
  const tls = binding.protocol === 'https' ? withoutCertificates : null; // there is nothing to open it with
  return {
    name,
    address: { kind: 'tcp', host, port: binding.port },
    protocol: 'http',
    virtualServer: null,
    tls,
    proxySenders: [],
    anyPort: false,
  };
}
