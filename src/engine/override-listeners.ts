// `--listen`: other addresses for the listeners of a configuration (CONTRACT 1).
import type { ListenAddress, ListenerConfig } from '../model/config.ts';
import { ConfigError } from '../model/config-error.ts';
import { parseListenAddress } from '../model/listen-address.ts';

/**
 * Gives the listeners the addresses in `written`: `http=ADDRESS` is for plain ones, `https=ADDRESS` for those with TLS,
 * `ADDRESS` for the plain ones, or those with TLS where there are no others. Two listeners cannot share an address, so
 * those that would become one: the first of them. TCP listeners stay as they are.
 * @throws ConfigError when one of them is no address
 */
export function overrideListeners(listeners: readonly ListenerConfig[], written: readonly string[]): ListenerConfig[] {
  return written.reduce<ListenerConfig[]>((result, text) => overrideOne(result, text), [...listeners]);
}

function overrideOne(listeners: ListenerConfig[], text: string): ListenerConfig[] {
  const [, scheme, value = ''] = /^(?:(https?)=)?(.*)$/s.exec(text)!;
  const address = parseListenAddress(value);
  if ('fault' in address) throw noAddress(address.fault);
  const isHttp = (listener: ListenerConfig): boolean => listener.protocol === 'http';
  const tls = scheme === undefined ? !listeners.some((each) => isHttp(each) && !each.tls) : scheme === 'https';
  return giveAddress(listeners, (listener) => isHttp(listener) && (listener.tls !== null) === tls, address);
}

function giveAddress(
  listeners: readonly ListenerConfig[],
  concerns: (listener: ListenerConfig) => boolean,
  address: ListenAddress,
): ListenerConfig[] {
  const first = listeners.find(concerns);
  return listeners
    .filter((listener) => listener === first || !concerns(listener))
    .map((listener) => (listener === first ? { ...listener, address, anyPort: true } : listener));
}

function noAddress(fault: string): ConfigError {
  return new ConfigError([{ file: '--listen', line: 0, column: 0, severity: 'error', message: fault }]);
}
