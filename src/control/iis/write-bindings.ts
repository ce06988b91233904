// Bindings of a site → `bindings`, and what https ones need: a listener with certificates (CONTRACT 1).
import { resolve } from 'node:path';
import type { ConfigNode, MapNode } from '../../model/config-node.ts';
import { findCertificate } from './find-certificate.ts';
import type { IisOptions } from './iis-options.ts';
import type { Section } from './read-section.ts';
import type { Report } from './report.ts';
import { mapNode, put, scalar } from './write-section.ts';

/** The listeners that https bindings made so far, by their addresses. */
export type TlsListeners = Map<string, MapNode>;

/** @param listeners takes what is needed for https */
export function writeBindings(
  site: Section,
  listeners: TlsListeners,
  options: IisOptions,
  report: Report,
): ConfigNode | null {
  const bindings = site.parts.get('bindings');
  const nodes = bindings?.items.flatMap((binding) => writeBinding(binding, listeners, options, report) ?? []) ?? [];
  return nodes.length === 0 ? null : { kind: 'list', place: bindings!.element.place, items: nodes };
}

function writeBinding(
  binding: Section,
  listeners: TlsListeners,
  options: IisOptions,
  report: Report,
): ConfigNode | null {
  const protocol = String(binding.values.get('protocol')?.value ?? '').toLowerCase();
  const written = binding.values.get('bindingInformation');
  if (!written) return null; // a fault already
  const information = String(written.value).trim().replace(/:\*$/, ':'); // IIS Express has * for any host
  if (protocol !== 'http' && protocol !== 'https') {
    report.row(binding.element.place, binding.path, 'unsupported', `${protocol} is not served here`);
    return null;
  }
  if (protocol === 'https') addListener(information, binding, listeners, options, report);
  const text = protocol === 'https' ? `https/${information}` : information;
  return scalar(text, written.attribute.valuePlace);
}

function addListener(
  information: string,
  binding: Section,
  listeners: TlsListeners,
  options: IisOptions,
  report: Report,
): void {
  const { valuePlace } = binding.values.get('bindingInformation')!.attribute;
  const [, address = '', host = ''] = /^(.*):([^:]*)$/.exec(information) ?? [];
  const certificate = options.certificates ? findCertificate(options.certificates, host) : null;
  if (certificate === null) {
    report.row(binding.element.place, binding.path, 'approximated', 'it is not opened: it has no certificate here');
    if (options.skipHttps === 'silent') return;
    const name = host === '' ? `https binding ${information}` : `https binding of ${host}`;
    const lacking = options.certificates ? `in ${options.certificates}` : 'here: Windows keeps them in its own store';
    const message = `the ${name} has no certificate ${lacking}`;
    if (options.skipHttps) report.warning(valuePlace, `${message}; it is not opened`);
    else
      report.error(valuePlace, message, `give --certificates with a folder that holds ${file(host)}, or --skip-https`);
    return;
  }
  const node = mapNode(valuePlace);
  for (const [key, path] of Object.entries(certificate)) put(node, key, scalar(path, valuePlace));
  if ('pfx' in certificate && options.pfxPassphrase !== undefined)
    put(node, 'passphrase', scalar(options.pfxPassphrase, valuePlace));
  certificatesOf(address, listeners, options, binding).items.push(node);
}

function file(host: string): string {
  return host === '' ? 'one certificate' : `${host.replace(/^\*/, '_')}.pfx`;
}

/** The list of certificates of the listener at `address`, which is made where there is none yet. */
function certificatesOf(address: string, listeners: TlsListeners, options: IisOptions, binding: Section) {
  const { place } = binding.element;
  let listener = listeners.get(address);
  if (!listener) {
    listener = mapNode(place);
    put(listener, 'address', scalar(address.replace(/^\*?(?=:)/, '0.0.0.0'), place));
    const tls = mapNode(place);
    put(tls, 'certificates', { kind: 'list', place, items: [] });
    if (options.clientAuthorities) {
      put(tls, 'clientCertificates', scalar('optional', place));
      put(tls, 'clientAuthorities', scalar(resolve(options.clientAuthorities), place));
    }
    put(listener, 'tls', tls);
    listeners.set(address, listener);
  }
  const tls = listener.entries.get('tls')!.node as MapNode;
  return tls.entries.get('certificates')!.node as Extract<ConfigNode, { kind: 'list' }>;
}

/** `listeners`, or null where none is needed. */
export function listenerNodes(listeners: TlsListeners): MapNode | null {
  const [first] = listeners.values();
  if (!first) return null;
  const map = mapNode(first.place);
  for (const [address, listener] of listeners) {
    const name = `https-${address.replace(/^\*?:/, '').replace(/[^\w.]+/g, '-')}`;
    put(map, name, listener);
  }
  return map;
}
