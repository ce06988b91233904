// Connections that come to a listener before its configuration is in force: a reload opens listeners first, since that may fail, and a
// client may find one open at once.

interface Held {
  readonly destroyed: boolean;
  destroy(): unknown;
  on(event: 'error', listener: () => void): unknown;
}

const ignore = (): void => {}; // 'close' follows, and nothing was begun

export class EarlyConnections<Socket extends Held> {
  readonly #sockets: Socket[] = [];

  /** Nothing of it is read yet, but what Node reads by itself. */
  hold(socket: Socket): void {
    socket.on('error', ignore);
    this.#sockets.push(socket);
  }

  /** The configuration is in force. */
  release(take: (socket: Socket) => void): void {
    for (const socket of this.#sockets.splice(0)) if (!socket.destroyed) take(socket);
  }

  /** It will not be. */
  destroy(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }
}
