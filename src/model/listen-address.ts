// Addresses to listen on: `host:port`, `[v6]:port`, `*:port`, `:port`, `unix:/path`.
import { parseAddress } from '../base/address-range.ts';
import type { ListenAddress } from './config.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;

/**
 * Reads an address to listen on. Port 0 lets the system choose; no host, or `*`, is every IPv4 address.
 * @returns the address, or what is wrong with it
 */
export function parseListenAddress(written: string): ListenAddress | { fault: string } {
  if (written.startsWith('unix:')) {
    const path = written.slice('unix:'.length);
    return path === '' ? { fault: 'the path of the Unix socket is missing' } : { kind: 'unix', path };
  }
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(written);
  if (!match) return { fault: portFault(written, 0) ?? `"${written}" is not host:port, [v6]:port or unix:/path` };
  const port = Number(match[3]);
  if (port > 65535) return { fault: `${port} is not a port: expected 0 to 65535` };
  const host = match[1] ?? match[2]!;
  if (match[1] !== undefined ? !isIPv6Address(host) : !/^[A-Za-z0-9._*-]*$/.test(host))
    return { fault: `"${host}" is not a host` };
  if (isBrokenIPv4(host)) return { fault: `"${host}" is not an IPv4 address` };
  return { kind: 'tcp', host: host === '' || host === '*' ? '0.0.0.0' : host, port };
}

/** Writes the address as it is read above. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** True when only this machine can reach it. */
export function isLoopback(address: ListenAddress): boolean {
  return address.kind === 'unix' || LOOPBACK.test(address.host);
}

/** What is wrong with what stands where an address has its port; null where that is nothing. @param least port that there may be */
export function portFault(written: string, least: 0 | 1): string | null {
  const port = /^(?:\[[^\]]*\]|[^:[\]]*):([^:]*)$/.exec(written)?.[1];
  if (port === undefined || /^\d{1,5}$/.test(port)) return null;
  return `${port === '' ? 'nothing behind the colon' : `"${port}"`} is not a port: expected ${least} to 65535`;
}

/** True for an IPv6 address, with or without a zone. */
export function isIPv6Address(text: string): boolean {
  return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[\w.-]+)?$/.test(text) && parseAddress(text) !== null;
}

/** True for what looks like an IPv4 address and is none: no host has such a name (RFC 1123 2.1). */
export function isBrokenIPv4(host: string): boolean {
  return /^[\d.]*\.[\d.]*$/.test(host) && parseAddress(host) === null;
}
