// Live state in the memory of this router alone.
import type { StateSpace, StateStore } from '../../model/state-store.ts';

export class MemoryStore implements StateStore {
  readonly #spaces = new Map<string, MemorySpace<unknown>>();

  space<V>(name: string): StateSpace<V> {
    const known = this.#spaces.get(name) ?? new MemorySpace<unknown>();
    this.#spaces.set(name, known);
    return known as MemorySpace<V>;
  }
}

class MemorySpace<V> implements StateSpace<V> {
  readonly #values = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  get size(): number {
    return this.#values.size;
  }

  entries(): Iterable<[string, V]> {
    return this.#values.entries();
  }
}
