// The control thread's side of the server table: it hands out slots, alone writes health and availability, and cleans
// up after a worker that died.
import type { Availability } from './server-state.ts';
import { ServerTable } from './server-table.ts';
import {
  AVAILABILITY,
  type Block,
  CONNECTIONS,
  CONTROL_INTS,
  controlIndex,
  EPOCH,
  GENERATION,
  HELD,
  HELD_REQUESTS,
  isTotal,
  makeBlock,
  RAMP_MISSING,
  RECORD_LENGTH,
  REQUESTS,
  recordIndex,
  SLOTS_PER_BLOCK,
  UNHEALTHY,
  WARMING,
} from './server-table-layout.ts';

export class ServerTableOwner extends ServerTable {
  readonly #slots = new Map<string, number>();
  readonly #names: (string | null)[] = [];
  readonly #free: number[] = [];
  readonly #released = new Set<number>();

  /** @param rows how many threads write at one time: one for each worker. One more row, the owner's, keeps the totals of those that died. */
  static create(rows: number): ServerTableOwner {
    return new ServerTableOwner([makeBlock(rows + 1, 0)], rows);
  }

  /** To be given to every worker before a snapshot that uses their slots; only ever grows. */
  get blocks(): readonly SharedArrayBuffer[] {
    return this.opened.map((block) => block.buffer);
  }

  /** The slot of `id`, a new one if it has none. One that was released and not yet recycled comes back with its numbers. */
  claim(id: string): number {
    const known = this.#slots.get(id);
    if (known !== undefined) {
      this.#released.delete(known);
      return known;
    }
    const slot = this.#free.pop() ?? this.#append();
    this.#slots.set(id, slot);
    this.#names[slot] = id;
    return slot;
  }

  /** The slot of `id`; undefined when nothing claimed it. */
  slotOf(id: string): number | undefined {
    return this.#slots.get(id);
  }

  /** Every id with a slot in use, released ones left out. */
  claimed(): string[] {
    return [...this.#slots].filter(([, slot]) => !this.#released.has(slot)).map(([id]) => id);
  }

  /** The configuration no longer names the server; requests on older snapshots may still write its numbers. */
  release(slot: number): void {
    this.#released.add(slot);
  }

  /** Frees every released slot for other servers. Call it only when no snapshot older than the newest is pinned by any request. */
  recycleReleased(): void {
    for (const slot of this.#released) this.#recycle(slot);
    this.#released.clear();
  }

  setHealthy(slot: number, healthy: boolean): void {
    this.#setControl(slot, UNHEALTHY, healthy ? 0 : 1);
  }

  setAvailability(slot: number, availability: Availability): void {
    this.#setControl(slot, AVAILABILITY, availability);
  }

  /** @param percent of its weight that the server does not have yet, 0 to 99 */
  setRampMissing(slot: number, percent: number): void {
    this.#setControl(slot, RAMP_MISSING, percent);
  }

  setWarming(slot: number, warming: boolean): void {
    this.#setControl(slot, WARMING, warming ? 1 : 0);
  }

  /** Tells every worker that lists made from states are out of date. */
  advanceEpoch(): void {
    Atomics.add(this.opened[0]!.control, EPOCH, 1);
  }

  /**
   * The worker that wrote `row` is dead: its gauges are zeroed, its totals go to the owner's row, and what it held of
   * exact limits is given back. Another worker may have the row afterwards.
   */
  retireRow(row: number): void {
    for (const block of this.opened) {
      for (let position = 0; position < SLOTS_PER_BLOCK; position++) this.#retireRecord(block, position, row);
    }
  }

  #retireRecord(block: Block, position: number, row: number): void {
    const dead = recordIndex(row, position);
    const kept = recordIndex(this.row, position);
    const at = controlIndex(position);
    Atomics.sub(block.control, at + CONNECTIONS, block.records[dead + HELD]!);
    Atomics.sub(block.control, at + REQUESTS, block.records[dead + HELD_REQUESTS]!);
    for (let field = 0; field < RECORD_LENGTH; field++) {
      if (isTotal(field)) block.records[kept + field]! += block.records[dead + field]!;
      block.records[dead + field] = 0;
    }
  }

  #setControl(slot: number, word: number, value: number): void {
    const { control } = this.blockOf(slot);
    if (Atomics.exchange(control, controlIndex(slot % SLOTS_PER_BLOCK) + word, value) !== value) this.advanceEpoch();
  }

  #recycle(slot: number): void {
    const block = this.blockOf(slot);
    const position = slot % SLOTS_PER_BLOCK;
    const at = controlIndex(position);
    // First the generation: what still holds a state of the old server stops writing.
    Atomics.add(block.control, at + GENERATION, 1);
    for (let word = GENERATION + 1; word < CONTROL_INTS; word++) Atomics.store(block.control, at + word, 0);
    for (let row = 0; row < block.rows; row++) {
      const base = recordIndex(row, position);
      block.records.fill(0, base, base + RECORD_LENGTH);
    }
    this.#slots.delete(this.#names[slot]!);
    this.#names[slot] = null;
    this.#free.push(slot);
  }

  #append(): number {
    const slot = this.#names.length;
    if (slot >= this.opened.length * SLOTS_PER_BLOCK) {
      this.opened.push(makeBlock(this.opened[0]!.rows, this.opened.length));
    }
    this.#names.push(null);
    return slot;
  }
}
