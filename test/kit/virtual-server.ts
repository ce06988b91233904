// A router with one virtual server, and servers that say who they are.
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Backend, type BackendOptions, backend } from './backend.ts';
import { type RouterSetup, type RunningRouter, router } from './router.ts';
import { WirePeer } from './wire-peer.ts';

/** Answers whatever comes with its own name, a colon and the same bytes. */
export function echo(name: string, options: BackendOptions = {}): Promise<Backend> {
  return backend(undefined, {
    ...options,
    onConnection: (peer) => {
      peer.socket.on('data', (bytes: Buffer) => void peer.send(`${name}:`).send(bytes));
      peer.socket.on('end', () => peer.socket.end());
    },
  });
}

/** A server whose connections the test answers itself. */
export function silent(): Promise<Backend> {
  return backend(undefined, { onConnection: () => {} });
}

/** A router whose listener `web` passes connections to the farm `shop` of these servers. */
export function front(
  servers: readonly (Backend | string)[],
  farm: Record<string, unknown> = {},
  listener: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
  setup: RouterSetup = {},
): Promise<RunningRouter> {
  return router(frontConfig(servers, farm, listener, rest), setup);
}

export function frontConfig(
  servers: readonly (Backend | string)[],
  farm: Record<string, unknown> = {},
  listener: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  const addresses = servers.map((server) => (typeof server === 'string' ? server : server.address));
  return {
    listeners: { web: { address: '127.0.0.1:0', protocol: 'tcp', farm: 'shop', ...listener } },
    farms: { shop: { servers: addresses, ...farm } },
    ...rest,
  };
}

/** Opens a connection and says `text`: how it ends, or that `answer` came. One may be reset before the client has seen that it is open. */
export async function endingOf(
  { url }: { url: string },
  text = '',
  answer = '\0',
): Promise<'end' | 'reset' | 'answered'> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const peer = new WirePeer(socket);
  peer.send(text);
  return peer.until(() => (peer.text.includes(answer) ? 'answered' : peer.ending));
}
