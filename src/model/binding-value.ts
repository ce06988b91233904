// A server as a number in a table of bindings: its slot, and some bits of the slot's generation, so that a server that has the slot later is
// not taken for it.
import type { Server } from './farm.ts';

const SLOT_BITS = 20;

/** A number from 0, 31 bits. */
export function bindingValue(slot: number, generation: number): number {
  return (slot & (2 ** SLOT_BITS - 1)) | ((generation & 0x7ff) << SLOT_BITS);
}

export function bindingValueOf({ slot, state }: Server): number {
  return bindingValue(slot, state.generation);
}
