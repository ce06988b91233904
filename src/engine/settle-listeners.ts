// Addresses of listeners, before workers share them: reusePort would hide a port in use, and would give each worker
// another port for 0, so the control thread binds each address alone first (DESIGN 5).
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Config, ListenAddress, ListenerConfig } from '../model/config.ts';
import { formatListenAddress } from '../model/listen-address.ts';
import { listenerKey } from '../model/listener-key.ts';
import { canBeOpened } from '../model/tls-config.ts';
import type { SettledListener } from './data-plane-port.ts';

/** A listener that cannot be opened; the message is one line for people. */
export class ListenError extends Error {
  /** Null for the admin API. */
  readonly listener: string | null;

  constructor(message: string, listener: string | null = null) {
    super(message);
    this.listener = listener;
  }
}

/** Listeners that this version opens; `check` says which others there are. @throws ListenError when there is none */
export function servedListeners(config: Config): ListenerConfig[] {
  const served = config.listeners.filter(canBeOpened);
  if (served.length === 0) throw new ListenError('no listener can be opened: see the warnings of `narrows check`');
  return served;
}

/**
 * Settles the addresses of `listeners`, one after the other.
 * @param shared whether workers will share them
 * @param open those that this router has already
 * @throws ListenError
 */
export async function settleListeners(
  listeners: readonly ListenerConfig[],
  shared: boolean,
  open: readonly SettledListener[],
): Promise<SettledListener[]> {
  const settled: SettledListener[] = [];
  for (const listener of listeners) settled.push(await settleListener(listener, shared, open));
  return settled;
}

/** A port in use is found, port 0 becomes a real one. */
async function settleListener(
  listener: ListenerConfig,
  shared: boolean,
  open: readonly SettledListener[],
): Promise<SettledListener> {
  const { name, protocol, address } = listener;
  if (address.kind === 'unix') {
    const ours = open.find((each) => each.address.kind === 'unix' && each.address.path === address.path);
    if (ours !== undefined) throw new ListenError(inUseByUs(name, address, ours), name);
    await removeStaleSocket(name, address.path);
    return { key: listenerKey(listener), name, protocol, address, reusePort: false };
  }
  const port = await bindOnce(name, address, open);
  return { key: listenerKey(listener), name, protocol, address: { ...address, port }, reusePort: shared };
}

function bindOnce(
  name: string,
  address: Extract<ListenAddress, { kind: 'tcp' }>,
  open: readonly SettledListener[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(inWords(name, address, error, open), name)),
    );
    server.listen({ host: address.host, port: address.port }, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function inWords(
  name: string,
  address: Extract<ListenAddress, { kind: 'tcp' }>,
  error: NodeJS.ErrnoException,
  open: readonly SettledListener[],
): string {
  const place = `listener ${name}: ${formatListenAddress(address)}`;
  if (error.code === 'EADDRINUSE') {
    const ours = open.find((each) => each.address.kind === 'tcp' && each.address.port === address.port);
    return ours === undefined ? `${place} is in use by another program` : inUseByUs(name, address, ours);
  }
  if (error.code === 'EACCES') return `${place} needs more rights than this user has`;
  if (error.code === 'EADDRNOTAVAIL') return `${place} is not an address of this machine`;
  return `${place} cannot be opened: ${error.message}`;
}

/** It is opened before the other one is closed, so that a reload that fails loses nothing. */
function inUseByUs(name: string, address: ListenAddress, ours: SettledListener): string {
  const place = `listener ${name}: ${formatListenAddress(address)}`;
  const other = `listener ${ours.name} of this router (${ours.protocol}, ${formatListenAddress(ours.address)})`;
  return `${place} is in use by ${other}: a reload cannot hand it over, a restart can`;
}

/** A socket file that nobody listens on is left over from a router that did not stop in order. Nothing else is removed. */
async function removeStaleSocket(name: string, path: string): Promise<void> {
  const place = `listener ${name}: unix:${path}`;
  const kind = await kindOf(path);
  if (kind === 'none') return;
  if (kind === 'other') throw new ListenError(`${place} is there already, and is no socket: give another path`, name);
  const refusal = await refusalOf(path);
  if (refusal === null) throw new ListenError(`${place} is in use by another program`, name);
  if (refusal.code !== 'ECONNREFUSED') throw new ListenError(`${place} cannot be opened: ${refusal.message}`, name);
  await unlink(path).catch((error: Error) => {
    throw new ListenError(`${place} is left over from another run and cannot be removed: ${error.message}`, name);
  });
}

/** Where it cannot be looked at, opening it fails next, and says why. */
async function kindOf(path: string): Promise<'socket' | 'other' | 'none'> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return 'none';
  return found.isSocket() ? 'socket' : 'other';
}

/** Null where somebody listens. */
function refusalOf(path: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const probe = connect({ path }, () => {
      probe.destroy();
      resolve(null);
    });
    probe.once('error', resolve);
  });
}

/** What a listener speaks. */
export type ListenerScheme = 'http' | 'https' | 'tcp';

/** The address as people and clients write it. */
export function listenerUrl(address: ListenAddress, scheme: ListenerScheme): string {
  return address.kind === 'unix' ? `unix:${address.path}` : `${scheme}://${formatListenAddress(address)}`;
}
