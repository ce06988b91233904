// The bindings of one farm as its affinity uses them: servers instead of numbers, times instead of seconds.
import type { Clock } from '../../base/clock.ts';
import { BindingTable, KeyHash } from '../../model/binding-table.ts';
import { bindingValueOf } from '../../model/binding-value.ts';
import type { Server } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';

/** Characters of User-Agent that tell clients of one address apart. */
const AGENT_LENGTH = 64;

/** What the bindings of a farm are kept in. */
export interface BindingServices {
  readonly clock: Clock;
  readonly memory: SharedArrayBuffer;
  readonly seed: number;
}

export class FarmBindings {
  readonly #table: BindingTable;
  readonly #hash: KeyHash;
  readonly #clock: Clock;
  readonly #servers: ReadonlyMap<number, Server>;
  readonly #values: readonly number[];
  readonly #timeout: number;

  /** @param timeout idle life of a binding, ms */
  constructor(servers: readonly Server[], timeout: number, { clock, memory, seed }: BindingServices) {
    this.#table = new BindingTable(memory);
    this.#hash = new KeyHash(seed);
    this.#clock = clock;
    this.#timeout = timeout / 1000;
    this.#values = servers.map(bindingValueOf);
    this.#servers = new Map(servers.map((server, index) => [this.#values[index]!, server]));
  }

  /** The server that `text` is bound to: undefined for none, null for one that is no longer in the farm. @param touch it is in use */
  find(text: string, touch: boolean): Server | null | undefined {
    const now = this.#now();
    const value = this.#table.find(this.#hash.begin().add(text).end(), now - this.#timeout, touch ? now : -1);
    return value === -1 ? undefined : (this.#servers.get(value) ?? null);
  }

  bind(text: string, server: Server): void {
    const now = this.#now();
    this.#table.set(this.#hash.begin().add(text).end(), this.#values[server.index]!, now);
    server.state.noteBinding(now);
  }

  /** A client whose binding is kept elsewhere, in its cookie, was seen: so that it can be counted. Address and User-Agent tell clients apart. */
  noteClient({ clientAddress, inbound }: RequestContext, server: Server): void {
    const now = this.#now();
    const value = this.#values[server.index]!;
    const agent = inbound.field('user-agent') ?? '';
    const key = this.#hash.begin().addNumber(value).add(clientAddress).add(agent, AGENT_LENGTH).end();
    if (this.#table.find(key, 0, now) === -1) this.#table.set(key, value, now);
    server.state.noteBinding(now);
  }

  noteUse(server: Server): void {
    server.state.noteBinding(this.#now());
  }

  #now(): number {
    return Math.floor(this.#clock.wall() / 1000);
  }
}
