// Who the client is when a trusted proxy stands between: the first untrusted address of X-Forwarded-For, from the right
// (CONTRACT 3).
import { isIP } from 'node:net';
import type { ClientConnectionInfo } from '../../model/client.ts';
import type { AddressSet } from '../../model/listener-rules.ts';

export interface ClientAddress {
  address: string;
  /** 0 when it is not known: the port of the peer is the proxy's, not the client's. */
  port: number;
}

/**
 * @param forwardedFor value of X-Forwarded-For, all its fields joined with a comma
 * @returns the peer itself where the field says nothing that can be believed
 */
export function clientBehind(peer: ClientConnectionInfo, forwardedFor: string, trusted: AddressSet): ClientAddress {
  let client: ClientAddress = { address: peer.peerAddress, port: peer.peerPort };
  const entries = forwardedFor.split(',');
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = parseEntry(entries[i]!.trim());
    if (entry === null) return client;
    client = entry;
    if (!trusted.has(entry.address)) return client;
  }
  return client;
}

/** `a.b.c.d`, `a.b.c.d:port`, `v6`, `[v6]`, `[v6]:port`; null for anything else. */
function parseEntry(text: string): ClientAddress | null {
  if (isIP(text) !== 0) return { address: text, port: 0 };
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  return isIP(address) === 0 ? null : { address, port: Number(match?.[3] ?? 0) };
}
