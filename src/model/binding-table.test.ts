// Bindings in shared memory: what one thread writes another finds, and never something else.
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BindingTable, bindingMemory } from './binding-table.ts';
import { KeyHash } from './key-hash.ts';

const SEED = { high: 7, low: 8 };
const hash = new KeyHash(SEED);
const key = (text: string) => ({ ...hash.begin().end(text) });

/** @param write is called before each step of `read`, with its number from 1 */
function betweenSteps(write: (step: number) => void, read: () => number): number {
  const { load } = Atomics;
  let step = 0;
  let isWriting = false;
  const spy = vi.spyOn(Atomics, 'load').mockImplementation(((words: Int32Array, index: number) => {
    if (!isWriting) {
      isWriting = true;
      write(++step);
      isWriting = false;
    }
    return load(words, index);
  }) as typeof load);
  try {
    return read();
  } finally {
    spy.mockRestore();
  }
}

describe('a table of bindings', () => {
  it('finds what was bound last, as long as it is used', () => {
    const table = new BindingTable(bindingMemory(1024));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(9)), { maxLength: 60 }), (changes) => {
        const model = new Map<number, number>();
        for (const [client, server] of changes) {
          table.set(key(`c${client}`), server, 100);
          model.set(client, server);
        }
        for (const [client, server] of model) expect(table.find(key(`c${client}`), 100, -1)).toBe(server);
      }),
    );
  });

  it('forgets what was not used for long, and a use keeps it', () => {
    const table = new BindingTable(bindingMemory(64));
    table.set(key('a'), 3, 100);
    expect([table.find(key('a'), 100, -1), table.find(key('a'), 101, -1)]).toEqual([3, -1]);
    expect(table.find(key('a'), 100, 150)).toBe(3);
    expect(table.find(key('a'), 140, -1)).toBe(3);
    expect(table.find(key('b'), 0, -1)).toBe(-1);
  });

  it('has a fixed size: the least recently used go, the busy ones stay', () => {
    const table = new BindingTable(bindingMemory(1024));
    for (let n = 0; n < 50; n++) table.set(key(`busy${n}`), 1, 1);
    for (let n = 0; n < 5000; n++) {
      table.set(key(`once${n}`), 2, 10 + n);
      for (let busy = 0; busy < 50; busy++) table.find(key(`busy${busy}`), 0, 10 + n);
    }
    for (let n = 0; n < 50; n++) expect(table.find(key(`busy${n}`), 0, -1)).toBe(1);
    expect(table.count(2, 0)).toBeLessThanOrEqual(1024);
    expect(table.count(1, 0)).toBe(50);
    expect(table.count(2, 10_000)).toBe(0);
  });

  it('spreads its clients over the memory', () => {
    const table = new BindingTable(bindingMemory(4096));
    for (let n = 0; n < 2048; n++) table.set(key(`10.0.${n >> 8}.${n & 255}`), 1, 1);
    expect(table.count(1, 0)).toBeGreaterThan(2000);
  });

  it('has read nothing where the entry is written under its eyes, and goes on without one that a dead thread left so', () => {
    const memory = bindingMemory(8);
    const words = new Int32Array(memory);
    const table = new BindingTable(memory);
    table.set(key('a'), 3, 1);
    words[0]! += 1; // a thread began to write, and died
    expect(table.find(key('a'), 0, -1)).toBe(-1);
    table.set(key('a'), 4, 1);
    expect(table.find(key('a'), 0, -1)).toBe(-1);
    for (let n = 0; n < 7; n++) table.set(key(`b${n}`), 5, 2);
    expect(table.count(5, 0)).toBe(7);
  });

  it('keeps its versions apart also after so many changes that they begin again', () => {
    const memory = bindingMemory(8);
    const words = new Int32Array(memory);
    const table = new BindingTable(memory);
    table.set(key('a'), 3, 1);
    for (const version of [2 ** 31 - 2, -2]) {
      words[0] = version;
      table.set(key('a'), 4, 1);
      expect([words[0]! & 1, words[0] === 0, table.find(key('a'), 0, -1)]).toEqual([0, false, 4]);
    }
  });

  it('gives a reader its own binding or none, wherever others write between two of its steps', () => {
    const STEPS = 40;
    const results = new Set<number>();
    for (let evicted = 1; evicted < STEPS; evicted++) {
      for (let back = evicted; back <= STEPS; back++) {
        const table = new BindingTable(bindingMemory(8));
        for (let n = 0; n < 7; n++) table.set(key(`other${n}`), 2, 5);
        table.set(key('a'), 1, 1);
        const write = (step: number) => {
          if (step === evicted) table.set(key('another'), 3, 9); // takes the entry, the oldest
          if (step === back) table.set(key('a'), 1, 1);
        };
        results.add(betweenSteps(write, () => table.find(key('a'), 0, -1)));
      }
    }
    expect([...results].sort()).toEqual([-1, 1]);
  });

  it('gives no thread a binding of somebody else while four of them write to few places', async () => {
    const memory = bindingMemory(8);
    const source = `
      import { parentPort, workerData as given } from 'node:worker_threads';
      const { BindingTable } = await import(given.table);
      const { KeyHash } = await import(given.hash);
      const table = new BindingTable(given.memory);
      const hash = new KeyHash(given.seed);
      let wrong = 0;
      let found = 0;
      for (let n = 0; n < 60000; n++) {
        const client = (n * 7 + given.row) % 24;
        table.set(hash.begin().end('c' + client), client, 1 + (n >> 8));
        const other = (client * 5 + n) % 24;
        const value = table.find(hash.begin().end('c' + other), 0, 1 + (n >> 8));
        if (value !== -1) found++;
        if (value !== -1 && value !== other) wrong++;
      }
      parentPort.postMessage([wrong, found]);`;
    const urlOf = (file: string) => new URL(file, import.meta.url).href;
    const modules = { table: urlOf('./binding-table.ts'), hash: urlOf('./key-hash.ts') };
    const results = await Promise.all(
      [0, 1, 2, 3].map((row) => {
        const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
        const worker = new Worker(script, { workerData: { ...modules, seed: SEED, memory, row } });
        return new Promise<number[]>((resolve, reject) => worker.on('message', resolve).on('error', reject));
      }),
    );
    expect(results.map(([wrong]) => wrong)).toEqual([0, 0, 0, 0]);
    for (const [, found] of results) expect(found).toBeGreaterThan(1000);
  });
});
