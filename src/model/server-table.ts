// The live numbers of all servers, in shared memory: a slot for each FARM/ADDRESS, for each farm (its cursors) and for each virtual server, a row
// for each thread that writes (DESIGN 2). This is what a worker has of it; the control thread has ServerTableOwner.
import { Circuit } from './circuit.ts';
import { FarmNumbers } from './farm-numbers.ts';
import { ServerState } from './server-state.ts';
import { SharedCursor } from './server-table-cursor.ts';
import {
  type Block,
  controlIndex,
  EPOCH,
  FIRST_CURSOR,
  openBlock,
  RETRY_CURSOR,
  SLOTS_PER_BLOCK,
} from './server-table-layout.ts';

/** Name of the slot that holds a farm's cursors; no server has it, since addresses are not empty. */
export function farmSlotId(farmName: string): string {
  return `${farmName}/`;
}

/** Name of the slot with the numbers of a virtual server; no farm has it, since names of farms are not empty. */
export function listenerSlotId(listener: string): string {
  return `/${listener}`;
}

/** The name that operators use for a server. */
export function serverId(farmName: string, address: string): string {
  return `${farmName}/${address}`;
}

/** The two round-robin cursors of a farm: one for first picks, one for picks after a failure. */
export interface FarmCursors {
  readonly first: SharedCursor;
  readonly retry: SharedCursor;
}

export class ServerTable {
  readonly row: number;
  protected readonly opened: Block[];

  protected constructor(blocks: Block[], row: number) {
    this.opened = blocks;
    this.row = row;
  }

  /** @param blocks of the owner, at least its first; @param row the one that the calling thread writes */
  static attach(blocks: readonly SharedArrayBuffer[], row: number): ServerTable {
    return new ServerTable(blocks.map(openBlock), row);
  }

  /** A block that the owner's table grew by; one that is known already is left alone. */
  addBlock(buffer: SharedArrayBuffer): void {
    // The block says its place itself: the same memory is another object each time that it crosses to a thread.
    const block = openBlock(buffer);
    this.opened[block.place] ??= block;
  }

  /** Threads that write: workers. */
  get rows(): number {
    return this.opened[0]!.rows - 1;
  }

  /** Advances at every change of health, availability or membership: lists made from states hold while it stands. */
  get epoch(): number {
    return Atomics.load(this.opened[0]!.control, EPOCH);
  }

  state(slot: number): ServerState {
    return new ServerState(this.blockOf(slot), slot % SLOTS_PER_BLOCK, this.row);
  }

  cursors(slot: number): FarmCursors {
    const { control } = this.blockOf(slot);
    const at = controlIndex(slot % SLOTS_PER_BLOCK);
    return { first: new SharedCursor(control, at + FIRST_CURSOR), retry: new SharedCursor(control, at + RETRY_CURSOR) };
  }

  /** Of the farm whose farmSlotId has `slot`. */
  farmNumbers(slot: number): FarmNumbers {
    return new FarmNumbers(this.blockOf(slot), slot % SLOTS_PER_BLOCK, this.row);
  }

  circuit(slot: number): Circuit {
    const at = controlIndex(slot % SLOTS_PER_BLOCK);
    return new Circuit(this.blockOf(slot).control, at, this.opened[0]!.control);
  }

  protected blockOf(slot: number): Block {
    const block = this.opened[Math.floor(slot / SLOTS_PER_BLOCK)];
    if (block === undefined) throw new RangeError(`server table: no block for slot ${slot}`);
    return block;
  }
}
