// What the TLS of a router's listeners takes.
import type { TlsMaterial } from '../model/certificate.ts';
import type { CheckedConfig } from './load-checked.ts';
import type { Running } from './running.ts';

/** Without a listener that speaks TLS no keys are made. */
export function tlsMaterial(
  { config, certificates }: Pick<CheckedConfig, 'config' | 'certificates'>,
  { ticketKeys, clock }: Pick<Running, 'ticketKeys' | 'clock'>,
): TlsMaterial {
  const isUsed = config.listeners.some(({ tls }) => tls !== null);
  return { listeners: certificates.listeners, ticketKeys: isUsed ? ticketKeys.keys(clock.wall()) : new Uint8Array() };
}
