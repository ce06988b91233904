// Whether an absolute URL leads back to where the request came in: then the rewrite is local (CONTRACT 3, last line).
import type { RequestContext } from '../../../model/request-context.ts';
import { hostName } from '../../../wire/http1/authority.ts';
import type { Origin } from './origin.ts';

/**
 * True when `origin` has the port of the receiving listener and a name of it: the host that the client called, or the
 * address it connected to. A request for a proxy (absolute-form) names the host it wants to reach, not us, so for it
 * only the address counts: `http://{HTTP_HOST}/…` is the forward proxy of url-rewrite.md 13.
 */
export function isOwnAddress(origin: Origin, ctx: RequestContext): boolean {
  const name = hostName(origin.authority);
  const port = portOf(origin, name);
  if (port !== ctx.connection.localPort && port !== ctx.binding?.port) return false;
  const { inbound } = ctx;
  if (inbound.scheme === '' && name === hostName(inbound.host.toLowerCase())) return true;
  const address = ctx.connection.localAddress;
  return name === address || name === `[${address}]` || (name === 'localhost' && isLoopback(address));
}

function portOf(origin: Origin, name: string): number {
  const port = origin.authority.slice(name.length + 1);
  if (port !== '') return Number(port);
  return origin.scheme === 'https' ? 443 : 80;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
