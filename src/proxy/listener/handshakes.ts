// The TLS handshakes of one listener: from a connection of bytes to one that is secure, or to none. Which certificates a client
// sees is decided before TLS begins, by its ClientHello: a context that is changed in the middle of a handshake, as Node does
// it by itself, has one certificate alone, and forgets the name when a session is resumed.
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Clock } from '../../base/clock.ts';
import type { CertificateSet, ListenerTls } from '../../model/listener-rules.ts';
import { readClientHello } from '../../wire/client-hello.ts';
import { DECODE_ERROR, UNRECOGNIZED_NAME } from '../../wire/tls-alerts.ts';
import { isPlainRequest, PLAIN_REQUEST_ANSWER } from './plain-request.ts';
import { serverOptions } from './tls-options.ts';

/** What a handshake ends in. */
export type TakeSecure = (socket: TLSSocket, set: CertificateSet) => void;

interface Pending {
  readonly raw: Socket;
  readonly set: CertificateSet;
  readonly take: TakeSecure;
}

export class Handshakes {
  /** Connections that are not secure yet. */
  readonly open = new Set<Socket>();
  readonly #clock: Clock;
  readonly #onOver: (succeeded: boolean) => void;
  /** By the addresses of both ends: by them a secure socket of Node is known again as the connection that it was made of. */
  readonly #pending = new Map<string, Pending>();
  #servers = new WeakMap<CertificateSet, Server>();
  #timeout = 0;

  /** @param onOver one of them has ended; false: without a connection */
  constructor(clock: Clock, onOver: (succeeded: boolean) => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** @param timeout ms for all of it */
  begin(raw: Socket, tls: ListenerTls, timeout: number, take: TakeSecure): void {
    this.open.add(raw);
    raw.setNoDelay(true); // what follows the last message of a handshake would wait for it to be acknowledged
    // Node's own time begins anew once it has the connection.
    const cancel = this.#clock.after(timeout, () => raw.destroy());
    const onClose = (): void => {
      cancel();
      this.#over(raw, false);
    };
    raw.on('close', onClose).on('error', () => {});
    const secured: TakeSecure = (socket, set) => {
      cancel();
      raw.off('close', onClose);
      take(socket, set);
      this.#over(raw, true);
    };
    if (tls.only !== null) this.#handOver(raw, tls, tls.only, timeout, secured);
    else this.#readHello(raw, tls, timeout, secured);
  }

  #over(raw: Socket, succeeded: boolean): void {
    if (this.open.delete(raw)) this.#onOver(succeeded);
  }

  #readHello(raw: Socket, tls: ListenerTls, timeout: number, take: TakeSecure): void {
    let held: Buffer | null = null;
    const onEnd = (): void => void raw.destroy();
    raw.on('end', onEnd);
    const onData = (piece: Buffer): void => {
      held = held === null ? piece : Buffer.concat([held, piece]);
      const hello = readClientHello(held);
      if (hello === null) return;
      raw.pause();
      raw.off('data', onData).off('end', onEnd);
      if (hello === 'other') return isPlainRequest(held) ? tellPlain(raw) : void raw.destroy();
      if (hello === 'malformed') return void raw.end(DECODE_ERROR, () => raw.destroy());
      const set = tls.setFor(hello.serverName);
      if (set === null) return void raw.end(UNRECOGNIZED_NAME, () => raw.destroy());
      raw.unshift(held);
      this.#handOver(raw, tls, set, timeout, take);
    };
    raw.on('data', onData);
    raw.resume(); // a PROXY header was read before
  }

  #handOver(raw: Socket, tls: ListenerTls, set: CertificateSet, timeout: number, take: TakeSecure): void {
    let server: Server;
    try {
      server = this.#serverFor(tls, set, timeout);
    } catch {
      return void raw.destroy(); // what OpenSSL refuses was found when the certificate was read
    }
    const ends = endsOf(raw);
    this.#pending.set(ends, { raw, set, take });
    raw.once('close', () => this.#forget(ends, raw));
    raw.allowHalfOpen = false; // who ends its side before it has shaken hands wants nothing more
    server.emit('connection', raw);
  }

  #forget(ends: string, raw: Socket): void {
    if (this.#pending.get(ends)?.raw === raw) this.#pending.delete(ends);
  }

  /** It listens nowhere: it ends the handshakes of connections that it is given. */
  #serverFor(tls: ListenerTls, set: CertificateSet, timeout: number): Server {
    if (timeout !== this.#timeout) this.#servers = new WeakMap();
    this.#timeout = timeout;
    const known = this.#servers.get(set);
    if (known !== undefined) return known;
    const server = createServer(serverOptions(tls, set, timeout));
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (error, socket) => this.#failed(error, socket));
    this.#servers.set(set, server);
    return server;
  }

  #failed({ code }: NodeJS.ErrnoException, socket: TLSSocket): void {
    const raw = this.#pending.get(endsOf(socket))?.raw;
    if (code === 'ERR_SSL_HTTP_REQUEST' && raw !== undefined) tellPlain(raw);
    socket.destroy();
  }

  #secured(socket: TLSSocket): void {
    const ends = endsOf(socket);
    const pending = this.#pending.get(ends);
    if (pending === undefined) return void socket.destroy();
    this.#pending.delete(ends);
    // From here on: a client that ends its side after a whole request still gets its answer (CONTRACT 3).
    socket.allowHalfOpen = true;
    pending.take(socket, pending.set);
  }
}

function tellPlain(raw: Socket): void {
  raw.end(PLAIN_REQUEST_ANSWER, () => raw.destroy());
}

function endsOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
