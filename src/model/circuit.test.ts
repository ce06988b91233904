// The circuit of a server, as several workers see it.
import { describe, expect, it } from 'vitest';
import type { Circuit, CircuitState } from './circuit.ts';
import { ServerTable } from './server-table.ts';
import { ServerTableOwner } from './server-table-owner.ts';

const SETTINGS = { failures: 3, openFor: 10_000 };
const NOW = Date.UTC(2026, 0, 1);

function workers(rows = 2) {
  const owner = ServerTableOwner.create(rows);
  const slot = owner.claim('shop/a');
  const circuits = Array.from({ length: rows }, (_, row) => ServerTable.attach(owner.blocks, row).circuit(slot));
  return { owner, circuits, a: circuits[0]!, b: circuits[1]! };
}

function opened() {
  const all = workers();
  for (let i = 0; i < 3; i++) all.a.failed(false, NOW, SETTINGS);
  return all;
}

const stateAt = (circuit: Circuit, later: number): CircuitState => circuit.state(NOW + later, SETTINGS.openFor);

describe('a circuit', () => {
  it('is opened by failures in a row, whichever workers saw them, and says so by the epoch', () => {
    const { owner, a, b } = workers();
    a.failed(false, NOW, SETTINGS);
    b.failed(false, NOW, SETTINGS);
    const before = owner.epoch;
    expect(stateAt(b, 0)).toBe('closed');
    a.failed(false, NOW, SETTINGS);
    expect([stateAt(a, 0), stateAt(b, 0), owner.epoch]).toEqual(['open', 'open', before + 1]);
  });

  it('stays closed where a success comes between them', () => {
    const { a, b } = workers();
    for (let i = 0; i < 5; i++) {
      a.failed(false, NOW, SETTINGS);
      a.failed(false, NOW, SETTINGS);
      b.succeeded(false);
    }
    expect(stateAt(a, 0)).toBe('closed');
  });

  it('gives one trial when its time is over, and another one openFor later', () => {
    const { a, b } = opened();
    expect([a.tryTrial(NOW + 9999, 10_000), stateAt(a, 9999)]).toEqual([false, 'open']);
    expect(stateAt(a, 10_000)).toBe('halfOpen');
    expect([a.tryTrial(NOW + 10_000, 10_000), b.tryTrial(NOW + 10_000, 10_000)]).toEqual([true, false]);
    expect([b.tryTrial(NOW + 19_999, 10_000), b.tryTrial(NOW + 20_000, 10_000)]).toEqual([false, true]);
  });

  it('is closed by a trial that goes well, and by no other success', () => {
    const { owner, a, b } = opened();
    b.succeeded(false); // it was under way before
    expect(stateAt(a, 0)).toBe('open');
    a.tryTrial(NOW + 10_000, 10_000);
    const before = owner.epoch;
    a.succeeded(true);
    expect([stateAt(b, 10_000), owner.epoch]).toEqual(['closed', before + 1]);
    b.failed(false, NOW, SETTINGS);
    expect(stateAt(b, 10_000)).toBe('closed'); // the row begins anew
  });

  it('stays open for as long again when the trial fails', () => {
    const { a, b } = opened();
    b.tryTrial(NOW + 10_000, 10_000);
    b.failed(true, NOW + 12_000, SETTINGS);
    expect([stateAt(a, 21_999), stateAt(a, 22_000)]).toEqual(['open', 'halfOpen']);
  });

  it('tells time rightly wherever the number of it comes round, and after a month without requests', () => {
    const { a } = workers();
    const wrap = Math.ceil(NOW / 2 ** 32) * 2 ** 32;
    for (const at of [wrap - 5000, wrap - 2 ** 31 - 5000, wrap - 10_000]) {
      for (let i = 0; i < 3; i++) a.failed(false, at, SETTINGS);
      expect(a.state(at + 9999, 10_000)).toBe('open');
      expect(a.state(at + 10_000, 10_000)).toBe('halfOpen');
      expect(a.state(at + 30 * 86_400_000, 10_000)).toBe('halfOpen');
      a.close();
    }
  });

  it('of one worker of many wins the trial', () => {
    const { circuits, a } = workers(4);
    for (let i = 0; i < 3; i++) a.failed(false, NOW, SETTINGS);
    expect(circuits.filter((circuit) => circuit.tryTrial(NOW + 10_000, 10_000))).toHaveLength(1);
  });
});
