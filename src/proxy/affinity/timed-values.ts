// The affinity value where a lifetime is set: `constant.born.seen.mac`, times in seconds as base 36. The MAC is verified
// once for each value, through a small cache, and a value is written again at most once a minute (CONTRACT 2).
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Server } from '../../model/farm.ts';
import type { Binding, BindingValues } from './binding-values.ts';
import type { ConstantValues } from './constant-values.ts';

const CACHED_VALUES = 4096;
const REISSUE_AFTER = 60;
/** Characters of the MAC that are written: 132 bits. */
const MAC_LENGTH = 22;
const SHAPE = /^([\w-]{43}|[0-9A-F]{64})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})\.([\w-]{22})$/;

/** Limits in milliseconds; null is no limit. */
export interface Lifetimes {
  readonly idle: number | null;
  readonly total: number | null;
}

interface Timed {
  readonly server: Server;
  /** Seconds since 1970: first issued, and last. */
  readonly born: number;
  readonly seen: number;
  readonly renew: boolean;
}

export class TimedValues implements BindingValues {
  readonly #constants: ConstantValues;
  readonly #secrets: readonly string[];
  readonly #lifetimes: Lifetimes;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Timed>();

  constructor(constants: ConstantValues, secrets: readonly string[], lifetimes: Lifetimes, clock: Clock) {
    this.#constants = constants;
    this.#secrets = secrets;
    this.#lifetimes = lifetimes;
    this.#clock = clock;
  }

  read(value: string): Binding | null {
    const timed = this.#verify(value);
    if (timed === null) return this.#readUntimed(value);
    const now = this.#now();
    if (this.#isOver(timed, now)) return null;
    return { server: timed.server, renew: timed.renew || now - timed.seen >= REISSUE_AFTER };
  }

  issue(server: Server): string {
    return this.#write(server, this.#now());
  }

  renew(value: string, server: Server): string {
    return this.#write(server, this.#verify(value)?.born ?? this.#now());
  }

  /** Values from before a lifetime was set, and ARR's, begin their life now: nobody is logged out by the change. */
  #readUntimed(value: string): Binding | null {
    if (value.includes('.')) return null;
    const binding = this.#constants.read(value);
    return binding === null ? null : { server: binding.server, renew: true };
  }

  /**
   * Since `seen` is renewed at most once a minute, the idle time counts from up to a minute after it: a client that
   * stays active is never cut off, one that left is forgotten at most a minute late.
   */
  #isOver(timed: Timed, now: number): boolean {
    const { idle, total } = this.#lifetimes;
    return (
      (idle !== null && now - timed.seen > idle / 1000 + REISSUE_AFTER) ||
      (total !== null && now - timed.born > total / 1000)
    );
  }

  #write(server: Server, born: number): string {
    const text = `${this.#constants.issue(server)}.${born.toString(36)}.${this.#now().toString(36)}`;
    return `${text}.${macOf(this.#secrets[0]!, text)}`;
  }

  #verify(value: string): Timed | null {
    const known = this.#verified.get(value);
    if (known !== undefined) return known;
    const shape = SHAPE.exec(value);
    const binding = shape === null ? null : this.#constants.read(shape[1]!);
    if (shape === null || binding === null) return null;
    const text = value.slice(0, -MAC_LENGTH - 1);
    const mac = Buffer.from(shape[4]!);
    const secret = this.#secrets.findIndex((each) => timingSafeEqual(Buffer.from(macOf(each, text)), mac));
    if (secret === -1) return null;
    const born = Number.parseInt(shape[2]!, 36);
    const seen = Number.parseInt(shape[3]!, 36);
    return this.#remember(value, { server: binding.server, born, seen, renew: binding.renew || secret > 0 });
  }

  #remember(value: string, timed: Timed): Timed {
    if (this.#verified.size >= CACHED_VALUES) this.#verified.delete(this.#verified.keys().next().value!);
    // A copy: the value is a slice, and would keep the whole head that it was cut from.
    this.#verified.set(Buffer.from(value, 'latin1').toString('latin1'), timed);
    return timed;
  }

  #now(): number {
    return Math.floor(this.#clock.wall() / 1000);
  }
}

function macOf(secret: string, text: string): string {
  return createHmac('sha256', secret).update(`time\0${text}`).digest('base64url').slice(0, MAC_LENGTH);
}
