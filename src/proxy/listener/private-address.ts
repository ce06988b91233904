// Addresses that no client on the Internet has: a peer with one is likely a proxy of our own (CONTRACT 3).

const PRIVATE =
  /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** Loopback, link-local, and the private ranges of RFC 1918 and RFC 4193; also the peer of a Unix socket, ''. */
export function isPrivateAddress(address: string): boolean {
  return address === '' || PRIVATE.test(address);
}
