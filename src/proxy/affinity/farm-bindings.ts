// The bindings of one farm as its affinity uses them: servers instead of numbers, times instead of seconds.
import type { Clock } from '../../base/clock.ts';
import { BindingTable } from '../../model/binding-table.ts';
import { bindingValueOf } from '../../model/binding-value.ts';
import type { Server } from '../../model/farm.ts';
import { type HashKey, KeyHash } from '../../model/key-hash.ts';
import type { RequestContext } from '../../model/request-context.ts';

/** Characters from the end of User-Agent that tell clients of one address apart, beside its length: browsers differ there. */
const AGENT_TAIL = 32;

/** What the bindings of a farm are kept in. */
export interface BindingServices {
  readonly clock: Clock;
  readonly memory: SharedArrayBuffer;
  /** Key of the hash, the same in all threads. */
  readonly seed: HashKey;
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
    const value = this.#table.find(this.#hash.begin().end(text), now - this.#timeout, touch ? now : -1);
    return value === -1 ? undefined : (this.#servers.get(value) ?? null);
  }

  bind(text: string, server: Server): void {
    const now = this.#now();
    this.#table.set(this.#hash.begin().end(text), this.#values[server.index]!, now);
    server.state.noteBinding(now);
  }

  /** `text`, if it is bound to `server`, was in use until now, even where its time was over meanwhile. */
  noteUse(text: string, server: Server): void {
    const key = this.#hash.begin().end(text);
    if (this.#table.find(key, 0, -1) === this.#values[server.index]) this.#touch(key, server);
  }

  /** A client whose binding is kept elsewhere, in its cookie, was seen: so that it can be counted. Address and User-Agent tell clients apart. */
  noteClient(ctx: RequestContext, server: Server): void {
    const now = this.#now();
    const key = this.#clientKey(ctx, server);
    if (this.#table.find(key, 0, now) === -1) this.#table.set(key, this.#values[server.index]!, now);
    server.state.noteBinding(now);
  }

  /** That client, if it was noted, was in use until now. */
  noteClientUse(ctx: RequestContext, server: Server): void {
    this.#touch(this.#clientKey(ctx, server), server);
  }

  /** A client that is bound to `server` was seen. */
  noteServed(server: Server): void {
    server.state.noteBinding(this.#now());
  }

  #touch(key: HashKey, server: Server): void {
    const now = this.#now();
    if (this.#table.find(key, 0, now) !== -1) server.state.noteBinding(now);
  }

  #clientKey({ clientAddress, inbound }: RequestContext, server: Server): HashKey {
    const agent = inbound.firstField('user-agent') ?? '';
    this.#hash.begin().addNumber(this.#values[server.index]!).addPart(clientAddress).addNumber(agent.length);
    return this.#hash.end(agent, Math.max(0, agent.length - AGENT_TAIL));
  }

  #now(): number {
    return Math.floor(this.#clock.wall() / 1000);
  }
}
