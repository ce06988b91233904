// Memory for the bindings of each farm whose clients have affinity: it outlives reloads and workers.
import { randomInt } from 'node:crypto';
import { bindingMemory } from '../../model/binding-table.ts';
import type { AffinityConfig, FarmConfig } from '../../model/farm-config.ts';

export class BindingTables {
  /** Of the hash of all keys, the same in every thread of the process. */
  readonly seed = randomInt(2 ** 31);
  readonly #memories = new Map<string, { most: number; memory: SharedArrayBuffer }>();

  /** The memories of `farms`, by name. One that is asked for another size begins empty; those of other farms stay until release(). */
  claim(farms: readonly FarmConfig[]): Map<string, SharedArrayBuffer> {
    const claimed = new Map<string, SharedArrayBuffer>();
    for (const { name, affinity } of farms) if (hasBindings(affinity)) claimed.set(name, this.#of(name, affinity));
    return claimed;
  }

  /** Forgets the bindings of all farms but these. */
  release(farms: readonly FarmConfig[]): void {
    const names = new Set(farms.filter(({ affinity }) => hasBindings(affinity)).map(({ name }) => name));
    for (const name of this.#memories.keys()) if (!names.has(name)) this.#memories.delete(name);
  }

  /** Undefined for a farm without affinity. */
  memoryOf(farm: string): SharedArrayBuffer | undefined {
    return this.#memories.get(farm)?.memory;
  }

  #of(name: string, { mostBindings }: AffinityConfig): SharedArrayBuffer {
    const known = this.#memories.get(name);
    if (known?.most === mostBindings) return known.memory;
    const memory = bindingMemory(mostBindings);
    this.#memories.set(name, { most: mostBindings, memory });
    return memory;
  }
}

function hasBindings({ useCookie, by }: AffinityConfig): boolean {
  return useCookie || by !== null;
}
