// The address of the other end of a connection, as people write it.

const MAPPED_IPV4 = '::ffff:';

/** What a socket says of its other end. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
}

/** An IPv4 address inside an IPv6 one is written as that; '' on a Unix socket. */
export function addressOfPeer({ remoteAddress = '' }: Peer): string {
  return remoteAddress.startsWith(MAPPED_IPV4) ? remoteAddress.slice(MAPPED_IPV4.length) : remoteAddress;
}

/**
 * A client that was gone before its connection was accepted: the system does not say any more who it was (getpeername(2), ENOTCONN), so
 * nothing may be decided by its address. Clients of a Unix socket never have one.
 * @param kind of the listener's address
 */
export function isNameless({ remoteAddress }: Peer, kind: 'tcp' | 'unix'): boolean {
  return remoteAddress === undefined && kind === 'tcp';
}
