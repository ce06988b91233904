// Memory for the bindings of each farm whose clients have affinity: it outlives reloads and workers.
import { randomInt } from 'node:crypto';
import { bindingMemory } from '../../model/binding-table.ts';
import type { AffinityConfig, FarmConfig } from '../../model/farm-config.ts';
import type { HashKey } from '../../model/key-hash.ts';

export class BindingTables {
  /** Of the hash of all keys, the same in every thread of the process. */
  readonly seed: HashKey = { high: randomInt(2 ** 32) | 0, low: randomInt(2 ** 32) | 0 };
  readonly #memories = new Map<string, SharedArrayBuffer>();

  /**
   * The memories of `farms`, by name. One that is asked for another size begins empty; what others have, and what farms had in another
   * size, stays until release().
   */
  claim(farms: readonly FarmConfig[]): Map<string, SharedArrayBuffer> {
    const bound = farms.filter(({ affinity }) => hasBindings(affinity));
    return new Map(bound.map((farm) => [farm.name, this.#claim(farm)]));
  }

  /** Forgets the bindings of all farms but these. */
  release(farms: readonly FarmConfig[]): void {
    const keys = new Set(farms.filter(({ affinity }) => hasBindings(affinity)).map(keyOf));
    for (const key of this.#memories.keys()) if (!keys.has(key)) this.#memories.delete(key);
  }

  /** Undefined for a farm without affinity. */
  memoryOf(farm: FarmConfig): SharedArrayBuffer | undefined {
    return hasBindings(farm.affinity) ? this.#memories.get(keyOf(farm)) : undefined;
  }

  #claim(farm: FarmConfig): SharedArrayBuffer {
    const key = keyOf(farm);
    const memory = this.#memories.get(key) ?? bindingMemory(farm.affinity.mostBindings);
    this.#memories.set(key, memory);
    return memory;
  }
}

function keyOf({ name, affinity }: FarmConfig): string {
  return `${affinity.mostBindings} ${name}`;
}

function hasBindings({ useCookie, by }: AffinityConfig): boolean {
  return useCookie || by !== null;
}
