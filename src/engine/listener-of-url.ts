// Whether a listener would take the request that somebody asks about.
import type { ListenerConfig } from '../model/config.ts';

/** Where a request comes in: the port, and whether by TLS. */
export interface Entrance {
  readonly port: number;
  readonly secure: boolean;
}

/** The port in `url`, or that of its scheme. */
export function entranceOf(url: URL): Entrance {
  const secure = url.protocol === 'https:';
  return { port: Number(url.port || (secure ? 443 : 80)), secure };
}

export function isAt({ address, protocol, tls }: ListenerConfig, { port, secure }: Entrance): boolean {
  return protocol === 'http' && (tls !== null) === secure && address.kind === 'tcp' && address.port === port;
}

/** Why no listener would take it; null: one would, or that cannot be said. */
export function whyUntaken(listeners: readonly ListenerConfig[], entrance: Entrance): string | null {
  const isOpen = (each: ListenerConfig): boolean =>
    each.address.kind === 'unix' || each.address.port === 0 || each.anyPort || isAt(each, entrance);
  if (listeners.length === 0 || listeners.some(isOpen)) return null;
  const there = listeners.find(({ address }) => address.kind === 'tcp' && address.port === entrance.port);
  if (there === undefined) return `no listener has port ${entrance.port}: what follows is for one that had it`;
  const spoken =
    there.protocol === 'tcp' ? 'passes connections on as they are' : `speaks ${there.tls ? 'https' : 'http'}`;
  return `listener ${there.name} on port ${entrance.port} ${spoken}: what follows is for one that took this request`;
}
