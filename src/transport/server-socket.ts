// A TCP or Unix connection to a server.
//
// Node destroys a socket when a write fails, and with it what the server had still said: a refusal sent while we were
// uploading would be lost (DESIGN 5). This socket outlives a failed write for as long as there is something to read.
import { Socket } from 'node:net';

/** Pause between two looks for bytes that came before the connection broke; each look is one turn of the event loop at least. */
const READ_OUT_PAUSE = 5;

/** Gives the buffer for the next read; `onBytes` has used it up, or taken it over, when it returns. */
export interface SocketReader {
  nextBuffer(): Buffer;
  onBytes(length: number, buffer: Buffer): void;
}

export class ServerSocket extends Socket {
  /** True once a write failed: nothing more can be sent, what came may still be read. */
  writeFailed = false;

  constructor(reader: SocketReader) {
    super({
      onread: {
        buffer: () => reader.nextBuffer(),
        callback: (length: number, buffer: Uint8Array) => {
          reader.onBytes(length, buffer as Buffer);
          return true;
        },
      },
    } as ConstructorParameters<typeof Socket>[0]);
  }

  override destroy(error?: Error): this {
    if (!isWriteFailure(error) || this.destroyed) return super.destroy(error);
    if (!this.writeFailed) {
      this.writeFailed = true;
      this.#readOut(error!, this.bytesRead);
    }
    return this;
  }

  /** The peer has reset: all that can ever be read is here already, so a look that finds nothing new is the last. */
  #readOut(error: Error, readBefore: number): void {
    setTimeout(() => {
      if (this.destroyed) return;
      if (this.bytesRead === readBefore && !this.isPaused()) super.destroy(error);
      else this.#readOut(error, this.bytesRead);
    }, READ_OUT_PAUSE).unref();
  }
}

function isWriteFailure(error: (Error & { syscall?: string }) | undefined): boolean {
  return error?.syscall === 'write' || error?.syscall === 'writev';
}
