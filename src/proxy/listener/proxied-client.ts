// A connection that a load balancer passes on: its first bytes are the PROXY header, which says who the client is. They
// are read before anything else looks at the connection.
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { type ProxyHeader, readProxyHeader } from '../../wire/proxy-header.ts';

/**
 * Reads the header from `socket`, which is paused and holds what came after it when `take` is called. A connection whose header
 * is malformed, ends early or does not come in time is closed: without it nobody knows whom it belongs to.
 * @param patience ms for the whole header
 * @param refuse called once the connection is given up
 */
export function readProxiedClient(
  socket: Socket,
  clock: Clock,
  patience: number,
  take: (header: ProxyHeader) => void,
  refuse: () => void,
): void {
  let held = Buffer.alloc(0);
  const onData = (piece: Buffer): void => {
    held = Buffer.concat([held, piece]);
    const header = readProxyHeader(held);
    if (header === null) return;
    if (header === 'malformed') return void socket.destroy();
    leave();
    socket.pause();
    if (held.length > header.length) socket.unshift(held.subarray(header.length));
    take(header);
  };
  const onGone = (): void => void socket.destroy();
  const onClose = (): void => {
    leave();
    refuse();
  };
  const cancel = clock.after(patience, onGone);
  const leave = (): void => {
    cancel();
    socket.off('data', onData).off('end', onGone).off('error', onGone).off('close', onClose);
  };
  socket.on('data', onData).on('end', onGone).on('error', onGone).on('close', onClose);
}
