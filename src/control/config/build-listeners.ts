// Listeners as written, and those that site bindings make → ListenerConfig (CONTRACT 2, absent sections).
import type { ConfigPath, ListenAddress, ListenerConfig } from '../../model/config.ts';
import { formatListenAddress, isIPv6Text, parseListenAddress } from '../../model/listen-address.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';

const NO_ADDRESS: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

export function buildListeners(written: Written, problems: ProblemList): ListenerConfig[] {
  const listeners = Object.entries(written.listeners).map(([name, listener]): ListenerConfig => {
    const path: ConfigPath = ['listeners', name];
    checkListener(listener, path, written, problems);
    const address = readAddress(listener.address, [...path, 'address'], problems);
    return { name, address, protocol: listener.protocol, tls: listener.tls !== undefined };
  });
  reportTwins(listeners, problems);
  for (const [site, { bindings }] of Object.entries(written.sites)) {
    bindings.forEach((binding, index) => {
      const address = readBinding(binding, ['sites', site, 'bindings', index], problems);
      if (address && !listeners.some((listener) => covers(listener, address)))
        listeners.push(forSite(site, address, listeners));
    });
  }
  if (listeners.length > 0) return listeners;
  return [{ name: 'default', address: { kind: 'tcp', host: '127.0.0.1', port: 8080 }, protocol: 'http', tls: false }];
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
  if (listener.protocol === 'tcp' && listener.farm === undefined)
    problems.error(path, 'a tcp listener needs a farm', 'add farm: the name of the farm its connections go to');
  if (listener.protocol === 'http' && listener.farm !== undefined)
    problems.error([...path, 'farm'], 'only a tcp listener has a farm', 'rules choose the farm of an http listener');
  const { redirectFrom, certificates = [] } = listener.tls ?? {};
  if (redirectFrom !== undefined && !Object.hasOwn(written.listeners, redirectFrom))
    problems.error([...path, 'tls', 'redirectFrom'], `there is no listener "${redirectFrom}"`);
  certificates.forEach((certificate, index) => {
    const pair = certificate.cert !== undefined && certificate.key !== undefined;
    if (pair === (certificate.pfx !== undefined))
      problems.error(
        [...path, 'tls', 'certificates', index],
        'a certificate is either cert and key, or pfx',
        'write { cert, key } or { pfx, passphrase }',
      );
  });
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

/** `IP:PORT:HOST`; the host name chooses the site, not the listener. */
function readBinding(binding: string, path: ConfigPath, problems: ProblemList): { host: string; port: number } | null {
  const match = /^(?:\[([^\]]+)\]|(\*|[\d.]*)):(\d{1,5}):([^\s:/]*)$/.exec(binding);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535 || (match[1] !== undefined && !isIPv6Text(match[1]))) {
    problems.error(path, `"${binding}" is not a binding`, 'write IP:PORT:HOST, such as *:80:www.example.com or *:80:');
    return null;
  }
  const host = match[1] ?? match[2]!;
  return { host: host === '' ? '*' : host, port };
}

function covers({ address, protocol }: ListenerConfig, binding: { host: string; port: number }): boolean {
  if (protocol !== 'http' || address.kind !== 'tcp' || address.port !== binding.port) return false;
  return binding.host === '*' || address.host === binding.host || address.host === '0.0.0.0' || address.host === '::';
}

function forSite(
  site: string,
  binding: { host: string; port: number },
  others: readonly ListenerConfig[],
): ListenerConfig {
  const taken = others.some((listener) => listener.name === site);
  const host = binding.host === '*' ? '0.0.0.0' : binding.host;
  const name = taken ? `${site}-${binding.port}` : site;
  return { name, address: { kind: 'tcp', host, port: binding.port }, protocol: 'http', tls: false };
}
