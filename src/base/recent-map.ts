// A map of bounded size: what was not asked for the longest makes room for what is new.

export class RecentMap<K, V> {
  readonly #most: number;
  readonly #onForgotten: (value: V) => void;
  /** In the order of use: the oldest first. */
  readonly #values = new Map<K, V>();

  /** @param onForgotten hears what had to make room */
  constructor(most: number, onForgotten: (value: V) => void = () => {}) {
    this.#most = most;
    this.#onForgotten = onForgotten;
  }

  get size(): number {
    return this.#values.size;
  }

  /** A use: the value stays longer. */
  get(key: K): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#most) return;
    const [oldest, forgotten] = this.#values.entries().next().value!;
    this.#values.delete(oldest);
    this.#onForgotten(forgotten);
  }

  delete(key: K): void {
    this.#values.delete(key);
  }

  /** Without a use of any. */
  [Symbol.iterator](): Iterator<[K, V]> {
    return this.#values[Symbol.iterator]();
  }
}
