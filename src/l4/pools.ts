// Which farm a connection is for, by its first bytes: pools as written, compiled. TLS is not ended here: a ClientHello says the name
// that the client asks for and the protocols that it offers.
import { Buffer } from 'node:buffer';
import type { PoolConfig } from '../model/config.ts';
import type { Farm } from '../model/farm.ts';
import { type ClientHello, readClientHello } from '../wire/client-hello.ts';

/** malformed: it poses as TLS. */
type Fit = 'yes' | 'no' | 'more' | 'malformed';

export interface Pool {
  readonly farm: Farm | null;
  fits(opening: OpeningBytes): Fit;
}

/** The first bytes of a client; its ClientHello is read once, when a pool asks for it. */
export class OpeningBytes {
  readonly bytes: Buffer;
  /** Its TLS was ended before. */
  readonly #isTold: boolean;
  #hello: ReturnType<typeof readClientHello> | undefined;

  /** @param told of a client whose TLS was ended before; null: it is in the bytes, if anywhere */
  constructor(bytes: Buffer, told: ClientHello | null) {
    this.bytes = bytes;
    this.#isTold = told !== null;
    if (told !== null) this.#hello = told;
  }

  /** It began with a ClientHello, and somebody asked for it. */
  get isTls(): boolean {
    return this.knownHello !== null && !this.#isTold;
  }

  /** Null where there is none, or nobody asked for it. */
  get knownHello(): ClientHello | null {
    return typeof this.#hello === 'object' ? this.#hello : null;
  }

  get hello(): ReturnType<typeof readClientHello> {
    if (this.#hello === undefined) this.#hello = readClientHello(this.bytes);
    return this.#hello;
  }
}

/** @returns the first pool that fits; null for none, 'more' while more bytes may decide, 'malformed' for what poses as TLS */
export function choosePool(pools: readonly Pool[], opening: OpeningBytes): Pool | null | 'more' | 'malformed' {
  for (const pool of pools) {
    const fit = pool.fits(opening);
    if (fit === 'yes') return pool;
    if (fit !== 'no') return fit;
  }
  return null;
}

/** @param farm null: it is not there, or takes no connections */
export function compilePool({ serverNames, protocols, firstBytes }: PoolConfig, farm: Farm | null): Pool {
  if (firstBytes.length > 0) return new BytesPool(firstBytes, farm);
  return new HelloPool(serverNames, protocols, farm);
}

class BytesPool implements Pool {
  readonly farm: Farm | null;
  readonly #beginnings: readonly Buffer[];

  constructor(beginnings: readonly string[], farm: Farm | null) {
    this.farm = farm;
    this.#beginnings = beginnings.map((text) => Buffer.from(text, 'latin1'));
  }

  fits({ bytes }: OpeningBytes): Fit {
    let fit: Fit = 'no';
    for (const beginning of this.#beginnings) {
      const length = Math.min(bytes.length, beginning.length);
      if (bytes.compare(beginning, 0, length, 0, length) !== 0) continue;
      if (length === beginning.length) return 'yes';
      fit = 'more';
    }
    return fit;
  }
}

class HelloPool implements Pool {
  readonly farm: Farm | null;
  readonly #names = new Set<string>();
  /** `.example.com` of `*.example.com`. */
  readonly #endings = new Set<string>();
  readonly #protocols: readonly string[];
  readonly #anyName: boolean;

  constructor(names: readonly string[], protocols: readonly string[], farm: Farm | null) {
    this.farm = farm;
    this.#protocols = protocols;
    this.#anyName = names.includes('*');
    for (const name of names) {
      if (name.startsWith('*.')) this.#endings.add(name.slice(1));
      else this.#names.add(name);
    }
  }

  fits({ hello }: OpeningBytes): Fit {
    if (hello === null) return 'more';
    if (hello === 'malformed') return 'malformed';
    if (hello === 'other') return 'no';
    return this.#hasName(hello) && this.#hasProtocol(hello) ? 'yes' : 'no';
  }

  #hasName({ serverName }: ClientHello): boolean {
    if (this.#names.size === 0 && this.#endings.size === 0) return true;
    if (this.#anyName) return serverName !== '';
    if (this.#names.has(serverName)) return true;
    for (let dot = serverName.indexOf('.'); dot >= 0; dot = serverName.indexOf('.', dot + 1)) {
      if (this.#endings.has(serverName.slice(dot))) return true;
    }
    return false;
  }

  #hasProtocol({ protocols }: ClientHello): boolean {
    return this.#protocols.length === 0 || protocols.some((each) => this.#protocols.includes(each));
  }
}
