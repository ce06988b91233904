// Chance comes in through an argument too: a test fixes it.

export interface Random {
  /** A number from 0 up to but not including 1. */
  next(): number;
}

export const systemRandom: Random = { next: () => Math.random() };
