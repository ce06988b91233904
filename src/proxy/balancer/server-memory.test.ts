// What a worker remembers of servers.
import { describe, expect, it } from 'vitest';
import type { Server } from '../../model/farm.ts';
import { ServerMemory } from './server-memory.ts';

const MINUTE = 60_000;
const servers = ['a', 'b', 'c'].map((id) => ({ id }) as Server);
const [a, b, c] = servers as [Server, Server, Server];

describe('what is known of servers', () => {
  it('stays when a server is not in a list, and goes by its id: a reload makes servers anew', () => {
    const memory = new ServerMemory(() => ({ n: 0 }));
    const [ofA] = memory.of([a, b], [], 0);
    memory.of([b], [a, b], 1);
    expect(memory.of([{ ...a }, c], [b], 2)[0]).toBe(ofA);
  });

  it('is forgotten of those that were in no list for ten minutes, and not of those picked from until now', () => {
    const memory = new ServerMemory(() => ({ n: 0 }));
    const [ofA, ofB] = memory.of([a, b], [], 0);
    memory.of([a], [a, b], 1);
    memory.of([c], [a], 30 * MINUTE);
    const [laterA, laterB] = memory.of([a, b], [c], 31 * MINUTE);
    expect(laterA).toBe(ofA);
    expect(laterB).not.toBe(ofB);
  });
});
