// A position in a cycle that all threads share: each draw is handed out once in the whole process.

/** The cursor starts again below this, at a multiple of the cycle, so that the sequence goes on without a jump. */
const WRAP_BELOW = 2 ** 30;

export class SharedCursor {
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  /** The next position of a cycle of `length`, from 0 to length - 1. */
  next(length: number): number {
    const drawn = Atomics.add(this.#words, this.#index, 1);
    const wrap = WRAP_BELOW - (WRAP_BELOW % length);
    if (drawn >= wrap) this.#wrap(wrap);
    return drawn % length;
  }

  /** The position that next() would give, without taking it. */
  peek(length: number): number {
    return Atomics.load(this.#words, this.#index) % length;
  }

  /** Takes `wrap` off once, whichever thread comes first; draws made meanwhile keep their place in the cycle. */
  #wrap(wrap: number): void {
    for (;;) {
      const now = Atomics.load(this.#words, this.#index);
      if (now < wrap) return;
      if (Atomics.compareExchange(this.#words, this.#index, now, now - wrap) === now) return;
    }
  }
}
