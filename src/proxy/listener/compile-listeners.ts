// The rules for the connections of each listener, compiled for a snapshot.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Certificate, ListenerCertificates, TlsMaterial } from '../../model/certificate.ts';
import type { ListenerConfig } from '../../model/config.ts';
import { listenerKey } from '../../model/listener-key.ts';
import type { ListenerRules, ListenerTls } from '../../model/listener-rules.ts';
import { compileAddresses } from './address-set.ts';
import { CertificateTable } from './certificate-table.ts';

/**
 * @param before what is in force: the TLS of a listener of which nothing has changed goes on, with all that was made of it
 * @returns by key of the listener
 */
export function compileListeners(
  listeners: readonly ListenerConfig[],
  material: TlsMaterial,
  before: ReadonlyMap<string, ListenerRules> | undefined,
): ReadonlyMap<string, ListenerRules> {
  const compiled = new Map<string, ListenerRules>();
  for (const listener of listeners) {
    const key = listenerKey(listener);
    const tls = compileTls(listener, material, before?.get(key)?.tls ?? null);
    compiled.set(key, { name: listener.name, proxySenders: compileAddresses(listener.proxySenders), tls });
  }
  return compiled;
}

function compileTls(
  { name, tls: config }: ListenerConfig,
  { listeners, ticketKeys }: TlsMaterial,
  before: ListenerTls | null,
): ListenerTls | null {
  if (config === null) return null;
  const material = listeners.get(name) ?? NO_CERTIFICATES;
  if (before !== null && isSame(before, { config, material, ticketKeys })) return before;
  const table = new CertificateTable(material.certificates);
  const refuses = config.unknownName === 'refuse';
  return {
    ...{ config, material, ticketKeys },
    sessionContext: sessionContext(name, config.clientCertificates, material),
    only: refuses ? null : table.only,
    setFor: (serverName) =>
      serverName === '' ? table.first : (table.find(serverName) ?? (refuses ? null : table.first)),
  };
}

/** Such as of a folder that is empty: then every client is refused. */
const NO_CERTIFICATES: ListenerCertificates = { certificates: [], clientAuthorities: null, revocationLists: null };

function isSame(before: ListenerTls, now: Pick<ListenerTls, 'config' | 'material' | 'ticketKeys'>): boolean {
  const textOf = ({ config, material, ticketKeys }: typeof now) =>
    JSON.stringify([config, material.clientAuthorities, material.revocationLists, [...ticketKeys]]);
  const known = before.material.certificates;
  return (
    textOf(before) === textOf(now) &&
    known.length === now.material.certificates.length &&
    known.every((each, index) => isSameCertificate(each, now.material.certificates[index]!))
  );
}

function isSameCertificate(one: Certificate, other: Certificate): boolean {
  return (
    one.fingerprint === other.fingerprint &&
    one.file === other.file &&
    one.names.join() === other.names.join() &&
    secretText(one) === secretText(other)
  );
}

/** Another chain has the same fingerprint. */
function secretText({ secret }: Certificate): string {
  return 'pfx' in secret ? Buffer.from(secret.pfx).toString('base64') : `${secret.cert}${secret.key}`;
}

function sessionContext(
  name: string,
  asks: string,
  { clientAuthorities, revocationLists }: ListenerCertificates,
): string {
  const parts = JSON.stringify([name, asks, clientAuthorities, revocationLists]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}
