// Bindings in shared memory: what one thread writes another finds, and never something else.
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BindingTable, bindingMemory, KeyHash } from './binding-table.ts';

const hash = new KeyHash(7);
const key = (text: string) => ({ ...hash.begin().add(text).end() });

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

  it('gives no thread a binding of somebody else while four of them write to few places', async () => {
    const memory = bindingMemory(8);
    const source = `
      import { parentPort, workerData as given } from 'node:worker_threads';
      const { BindingTable, KeyHash } = await import(given.module);
      const table = new BindingTable(given.memory);
      const hash = new KeyHash(7);
      let wrong = 0;
      let found = 0;
      for (let n = 0; n < 60000; n++) {
        const client = (n * 7 + given.row) % 24;
        table.set(hash.begin().add('c' + client).end(), client, 1 + (n >> 8));
        const other = (client * 5 + n) % 24;
        const value = table.find(hash.begin().add('c' + other).end(), 0, 1 + (n >> 8));
        if (value !== -1) found++;
        if (value !== -1 && value !== other) wrong++;
      }
      parentPort.postMessage([wrong, found]);`;
    const module = new URL('./binding-table.ts', import.meta.url).href;
    const results = await Promise.all(
      [0, 1, 2, 3].map((row) => {
        const script = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
        const worker = new Worker(script, { workerData: { module, memory, row } });
        return new Promise<number[]>((resolve, reject) => worker.on('message', resolve).on('error', reject));
      }),
    );
    expect(results.map(([wrong]) => wrong)).toEqual([0, 0, 0, 0]);
    for (const [, found] of results) expect(found).toBeGreaterThan(1000);
  });
});

describe('the hash of a client', () => {
  it('differs for texts, seeds and where a text ends', () => {
    const texts = [key('a'), key('b'), key('ab'), { ...hash.begin().add('a').add('b').end() }];
    texts.push({ ...new KeyHash(8).begin().add('a').end() });
    expect(new Set(texts.map(({ high, low }) => `${high} ${low}`)).size).toBe(5);
  });

  it('spreads over the table', () => {
    const table = new BindingTable(bindingMemory(4096));
    for (let n = 0; n < 2048; n++) table.set(key(`10.0.${n >> 8}.${n & 255}`), 1, 1);
    expect(table.count(1, 0)).toBeGreaterThan(2000);
  });
});
