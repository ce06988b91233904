// A connection to a server: TCP or a Unix socket, with TLS or without.
//
// Node destroys a socket when a write fails, and with it what the server had still said: a refusal sent while we were
// uploading would be lost (DESIGN 5). These sockets outlive a failed write for as long as there is something to read.
import { type NetConnectOpts, Socket } from 'node:net';
import { connectSecurely, type OnRead, type SecureServer } from './connect-securely.ts';

/** Pause between two looks for bytes that came before the connection broke. */
const READ_OUT_PAUSE = 5;

/** Gives the buffer for the next read; `onBytes` has used it up, or taken it over, when it returns. */
export interface SocketReader {
  nextBuffer(): Buffer;
  onBytes(length: number, buffer: Buffer): void;
}

export type ServerSocket = Socket & {
  /** True once a write failed: nothing more can be sent, what came may still be read. */
  writeFailed: boolean;
};

/** A socket that is not connected yet. */
export function plainSocket(reader: SocketReader, allowHalfOpen: boolean): ServerSocket {
  // Its connect() passes noDelay over; that of TLS takes it.
  const options = { allowHalfOpen, noDelay: true, onread: onreadOf(reader) };
  return outliving(new Socket(options as ConstructorParameters<typeof Socket>[0]));
}

/** Begins to connect: see connectSecurely(). */
export function secureSocket(
  place: NetConnectOpts,
  server: SecureServer,
  reader: SocketReader,
  preface: Buffer | null,
): ServerSocket {
  if (preface === null) return outliving(connectSecurely(place, server, onreadOf(reader)));
  // TLS over a socket that is there already reads into buffers of its own.
  const socket = connectSecurely(place, server, undefined, preface);
  socket.on('data', (piece: Buffer) => reader.onBytes(piece.length, piece));
  return outliving(socket);
}

function onreadOf(reader: SocketReader): OnRead {
  return {
    buffer: () => reader.nextBuffer(),
    callback: (length: number, buffer: Uint8Array) => {
      reader.onBytes(length, buffer as Buffer);
      return true;
    },
  };
}

function outliving(socket: Socket): ServerSocket {
  const server = Object.assign(socket, { writeFailed: false });
  const destroy = socket.destroy as (this: Socket, error?: Error) => ServerSocket;
  server.destroy = (error?: Error) => {
    if (!isWriteFailure(error) || server.destroyed) return destroy.call(server, error);
    if (!server.writeFailed) {
      server.writeFailed = true;
      readOut(server, () => destroy.call(server, error), server.bytesRead);
    }
    return server;
  };
  return server;
}

/** The peer has reset: all that can ever be read is here already, so a look that finds nothing new is the last. */
function readOut(socket: ServerSocket, end: () => void, readBefore: number): void {
  const look = (): void => {
    if (socket.destroyed) return;
    if (socket.bytesRead === readBefore && !socket.isPaused()) end();
    else readOut(socket, end, socket.bytesRead);
  };
  // A timer that is due runs before sockets are read, an immediate after it.
  setTimeout(() => setImmediate(look), READ_OUT_PAUSE).unref();
}

function isWriteFailure(error: (Error & { syscall?: string }) | undefined): boolean {
  return error?.syscall === 'write' || error?.syscall === 'writev';
}
