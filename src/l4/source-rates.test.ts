import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/kit/balanced-farm.ts';
import { SourceRates } from './source-rates.ts';

const NOW = Date.UTC(2026, 0, 1);
const RATE = { connections: 10, within: 10_000 };

function rates() {
  const memory = SourceRates.allocate(seededRandom(1));
  const workers = [new SourceRates(memory), new SourceRates(memory)];
  let turn = 0;
  /** Each worker in turn. @returns how many of `tries` were taken */
  return (source: string, tries: number, now = NOW, listener = 'front') => {
    let taken = 0;
    for (let n = 0; n < tries; n++) if (workers[turn++ % 2]!.take(listener, source, RATE, now)) taken++;
    return taken;
  };
}

describe('SourceRates', () => {
  it('gives a source what it may have, whichever worker it comes to', () => {
    const take = rates();
    expect(take('10.0.0.1', 25)).toBe(10);
    expect(take('10.0.0.1', 25, NOW + 999)).toBe(0);
    expect(take('10.0.0.1', 25, NOW + 1000)).toBe(1);
    expect(take('10.0.0.1', 25, NOW + 6000)).toBe(5);
    expect(take('10.0.0.1', 25, NOW + 60_000)).toBe(10);
  });

  it('judges each source and each listener by itself', () => {
    const take = rates();
    for (let n = 0; n < 2000; n++) expect(take(`10.1.${n >> 8}.${n & 255}`, 11)).toBe(10);
    expect(take('10.1.0.1', 1)).toBe(0);
    expect(take('10.1.0.1', 20, NOW, 'other')).toBe(10);
  });

  it('takes an IPv6 network of 64 bits for one source', () => {
    const take = rates();
    expect(take('2001:db8::1', 6)).toBe(6);
    expect(take('2001:db8::ffff:2', 6)).toBe(4);
    expect(take('2001:db8:0:1::1', 6)).toBe(6);
  });

  it('becomes stricter, and no larger, when very many sources come', () => {
    const take = rates();
    let last = 0;
    for (let n = 0; n < 60_000; n++) last = take(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 2);
    expect(last).toBeLessThanOrEqual(2);
    expect(take('192.0.2.1', 20, NOW + 20_000)).toBe(10);
  });

  it('goes on right when its words wrap', () => {
    const take = rates();
    for (let day = 0; day < 12; day++) expect(take('10.0.0.1', 12, NOW + day * 43_200_000)).toBe(10);
  });
});
