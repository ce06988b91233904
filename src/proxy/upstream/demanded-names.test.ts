// Addresses of names that requests choose, as a worker keeps them.
import { describe, expect, it } from 'vitest';
import type { FoundName } from '../../model/found-name.ts';
import { DemandedNames } from './demanded-names.ts';

const found = (addresses: string[], keepFor = 1000): FoundName => ({
  addresses,
  reason: addresses.length === 0 ? 'ENOTFOUND' : '',
  keepFor,
});

function names() {
  const asked: string[] = [];
  const clock = { now: 0 };
  const kept = new DemandedNames(
    (host) => asked.push(host),
    () => clock.now,
  );
  /** What is told, as soon as it is. */
  const find = (host: string): string[] => {
    const told: string[] = [];
    kept.find(host, (address, reason) => told.push(address ?? reason));
    return told;
  };
  return { kept, asked, clock, find };
}

describe('a name', () => {
  it('is asked for once, however many wait, and told to all of them', () => {
    const { kept, asked, find } = names();
    const waiting = [find('a'), find('a')];
    expect(waiting).toEqual([[], []]);
    kept.learn('a', found(['10.0.0.1']));
    expect(waiting).toEqual([['10.0.0.1'], ['10.0.0.1']]);
    expect(find('a')).toEqual(['10.0.0.1']);
    expect(asked).toEqual(['a']);
  });

  it('serves on while it is asked for again, and nobody waits for that', () => {
    const { kept, asked, clock, find } = names();
    find('a');
    kept.learn('a', found(['10.0.0.1']));
    clock.now = 1000;
    expect([find('a'), find('a')]).toEqual([['10.0.0.1'], ['10.0.0.1']]);
    expect(asked).toEqual(['a', 'a']);
    kept.learn('a', found(['10.0.0.2']));
    expect(find('a')).toEqual(['10.0.0.2']);
  });

  it('keeps its last good answer through failures, for five minutes', () => {
    const { kept, asked, clock, find } = names();
    find('a');
    kept.learn('a', found(['10.0.0.1']));
    clock.now = 1000;
    find('a');
    expect(kept.learn('a', found([], 5000))).toBe(false);
    expect(find('a')).toEqual(['10.0.0.1']);
    expect(asked).toEqual(['a', 'a']); // a failure is believed for a while too
    clock.now = 301_000;
    const waiting = find('a');
    expect(waiting).toEqual([]);
    kept.learn('a', found([]));
    expect(waiting).toEqual(['ENOTFOUND']);
  });

  it('that failed is not asked for again at once', () => {
    const { kept, asked, clock, find } = names();
    find('a');
    kept.learn('a', found([], 5000));
    clock.now = 4999;
    expect(find('a')).toEqual(['ENOTFOUND']);
    clock.now = 5000;
    expect(find('a')).toEqual([]);
    expect(asked).toEqual(['a', 'a']);
  });

  it('says when addresses in use are replaced by others', () => {
    const { kept } = names();
    expect(kept.learn('a', found(['10.0.0.1', '10.0.0.2']))).toBe(false);
    expect(kept.learn('a', found(['10.0.0.2', '10.0.0.1']))).toBe(false);
    expect(kept.learn('a', found(['10.0.0.3']))).toBe(true);
  });

  it('goes on to its next address when one does not answer', () => {
    const { kept, find } = names();
    kept.learn('a', found(['10.0.0.1', '10.0.0.2']));
    kept.skip('a');
    expect(find('a')).toEqual(['10.0.0.2']);
    kept.skip('a');
    expect(find('a')).toEqual(['10.0.0.1']);
    kept.skip('never-heard-of');
    expect(kept.count('never-heard-of')).toBe(0);
  });

  it('is forgotten when four thousand others were needed since', () => {
    const { kept, find } = names();
    kept.learn('first', found(['10.0.0.1']));
    for (let n = 0; n < 4096; n++) kept.learn(`n${n}`, found(['10.0.0.2']));
    expect(find('first')).toEqual([]);
    expect(find('n4095')).toEqual(['10.0.0.2']);
  });
});
