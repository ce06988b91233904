// One end of a real connection, byte for byte: keeps what came, and tells when something came that was waited for.
import type { Socket } from 'node:net';
import { parseResponse, type Response } from './message.ts';

/** How a connection ended, seen from here. */
export type Ending = 'end' | 'reset';

export class WirePeer {
  readonly socket: Socket;
  /** What carries it: another socket where it is TLS. */
  readonly #carrier: Socket;
  /** Set once the other side has ended, or broken, the connection. */
  ending: Ending | null = null;
  #pieces: Buffer[] = [];
  #taken = 0;
  readonly #watchers = new Set<() => void>();

  /** @param socket half-open connections allowed, else nobody sees a half-close */
  constructor(socket: Socket, carrier = socket) {
    this.socket = socket;
    this.#carrier = carrier;
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#look();
    });
    socket.on('end', () => this.#ended('end'));
    socket.on('error', () => this.#ended('reset'));
    socket.on('close', () => this.#ended('end'));
  }

  #ended(how: Ending): void {
    if (how === 'reset' || this.ending === null) this.ending = how;
    this.#look();
  }

  /** All bytes that came. */
  get bytes(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }

  /** The same as latin1 text. */
  get text(): string {
    return this.bytes.toString('latin1');
  }

  /** Bytes as latin1 text, or as they are. */
  send(bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Ends this side alone. */
  end(bytes?: string | Buffer): this {
    if (bytes !== undefined) this.send(bytes);
    this.socket.end();
    return this;
  }

  /** Breaks the connection: the other side sees a reset. */
  reset(): void {
    this.#carrier.resetAndDestroy();
  }

  /** Resolves once `found` answers something other than null; looks whenever bytes come or the connection ends. */
  until<T>(found: () => T | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          const value = found();
          if (value === null) return;
          this.#watchers.delete(look);
          resolve(value);
        } catch (error) {
          this.#watchers.delete(look);
          reject(error);
        }
      };
      this.#watchers.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#watchers]) look();
  }

  /** Resolves when `text` has come. */
  async receives(text: string): Promise<void> {
    await this.until(() => {
      if (this.text.includes(text)) return true;
      if (this.ending !== null) throw new Error(`the connection ended before ${JSON.stringify(text)}: ${this.text}`);
      return null;
    });
  }

  /** Resolves when the other side has ended the connection. */
  async closed(): Promise<Ending> {
    await this.until(() => this.ending);
    // A reset may follow on an end at once, and is then the truth.
    await new Promise((resolve) => setImmediate(resolve));
    return this.ending!;
  }

  /**
   * The next response, a 1xx too, behind those taken before.
   * @param method of its request
   */
  async response(method = 'GET'): Promise<Response> {
    const response = await this.until(() => {
      const ended = this.ending !== null;
      const parsed = parseResponse(this.bytes, this.#taken, ended, method);
      if (parsed === null && ended) throw new Error(`the connection ended (${this.ending}) without a response`);
      return parsed;
    });
    this.#taken = response.end;
    return response;
  }
}
