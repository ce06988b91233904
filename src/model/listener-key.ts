// What makes a listener the same one after a reload.
import type { ListenerConfig } from './config.ts';
import { formatListenAddress } from './listen-address.ts';

/** Its address, whatever its name; port 0 is another port for each name. */
export function listenerKey({ name, address }: Pick<ListenerConfig, 'name' | 'address'>): string {
  const where = formatListenAddress(address);
  return address.kind === 'tcp' && address.port === 0 ? `${where} ${name}` : where;
}
