// The address of a server of a farm: `host`, `host:port`, `[v6]`, `[v6]:port`, `unix:/path`. The string as written is
// the server's identity (CONTRACT 2); here it becomes where to connect.
import type { ServerConfig } from './farm-config.ts';
import { isBrokenIPv4, isIPv6Address, portFault } from './listen-address.ts';

export interface ServerTarget {
  target: ServerConfig['target'];
  /** For both schemes; null when the address names none, then the scheme's own holds (arr.md 5.2). */
  port: number | null;
}

/** Reads the address of a server, or says what is wrong with it. */
export function parseServerAddress(written: string): ServerTarget | { fault: string } {
  if (written.startsWith('unix:')) {
    const path = written.slice('unix:'.length);
    return path === ''
      ? { fault: 'the path of the Unix socket is missing' }
      : { target: { kind: 'unix', path }, port: null };
  }
  if (written.includes('://')) return { fault: `"${written}" is a URL, expected host:port` };
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(written);
  if (!match)
    return isIPv6Address(written) ? { fault: `an IPv6 address needs brackets: "[${written}]"` } : notAnAddress(written);
  const host = match[1] ?? match[2]!;
  if (match[1] !== undefined ? !isIPv6Address(host) : !/^[A-Za-z0-9._-]+$/.test(host)) return notAnAddress(written);
  if (isBrokenIPv4(host)) return { fault: `"${host}" is not an IPv4 address` };
  if (match[3] === undefined) return { target: { kind: 'tcp', host }, port: null };
  const port = Number(match[3]);
  if (port < 1 || port > 65535) return { fault: `${port} is not a port: expected 1 to 65535` };
  return { target: { kind: 'tcp', host }, port };
}

function notAnAddress(written: string): { fault: string } {
  return { fault: portFault(written, 1) ?? `"${written}" is not host, host:port, [v6]:port or unix:/path` };
}
