// The address of the other end of a connection, as people write it.

const MAPPED_IPV4 = '::ffff:';

/** An IPv4 address inside an IPv6 one is written as that; '' on a Unix socket. */
export function addressOfPeer({ remoteAddress = '' }: { readonly remoteAddress?: string | undefined }): string {
  return remoteAddress.startsWith(MAPPED_IPV4) ? remoteAddress.slice(MAPPED_IPV4.length) : remoteAddress;
}
