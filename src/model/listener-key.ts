// What makes a listener the same one after a reload.
import type { ListenerConfig } from './config.ts';
import { formatListenAddress } from './listen-address.ts';

/** Its address and what it speaks, whatever its name; port 0 is another port for each name. */
export function listenerKey({
  name,
  address,
  protocol,
}: Pick<ListenerConfig, 'name' | 'address' | 'protocol'>): string {
  const where = protocol === 'http' ? formatListenAddress(address) : `${protocol} ${formatListenAddress(address)}`;
  return address.kind === 'tcp' && address.port === 0 ? `${where} ${name}` : where;
}
