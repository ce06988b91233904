// Whether the host of a server is an address already, or a name that has to be looked up.
import { isIP } from 'node:net';

export function isIpAddress(host: string): boolean {
  return isIP(host) !== 0;
}
