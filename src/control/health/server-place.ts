// Where a server is reached for a test.
import { isIP, type NetConnectOpts } from 'node:net';
import type { ProbeRequest } from './probe-request.ts';

/** Gives an address for a host name; the name service is asked elsewhere. */
export type HostLookup = (host: string) => Promise<string> | string;

/** Rejects when the name of the server is not known. */
export async function placeOf(
  { target, port }: Pick<ProbeRequest, 'target' | 'port'>,
  lookup: HostLookup,
): Promise<NetConnectOpts> {
  if (target.kind === 'unix') return { path: target.path };
  return { host: isIP(target.host) === 0 ? await lookup(target.host) : target.host, port };
}
