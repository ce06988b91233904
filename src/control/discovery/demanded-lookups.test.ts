// Look-ups of names that requests choose: few at a time, and only so many in line.
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/kit/eventually.ts';
import type { FoundName } from '../../model/found-name.ts';
import { DemandedLookups } from './demanded-lookups.ts';
import type { NameAnswer, NameLookup } from './name-lookup.ts';

class SlowLookup implements NameLookup {
  readonly atATime: number | undefined;
  readonly asked: string[] = [];
  readonly #open = new Map<string, (answer: NameAnswer | Error) => void>();

  constructor(atATime?: number) {
    this.atATime = atATime;
  }

  lookup(host: string): Promise<NameAnswer> {
    this.asked.push(host);
    return new Promise((resolve, reject) => {
      this.#open.set(host, (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  }

  answer(host: string, answer: NameAnswer | Error): void {
    this.#open.get(host)!(answer);
  }
}

function lookups(lookup: NameLookup, refresh = 30_000) {
  const found = new Map<string, FoundName>();
  return { found, names: new DemandedLookups(lookup, refresh, (host, answer) => found.set(host, answer)) };
}

const HERE = { addresses: ['10.0.0.1'], ttl: null };

describe('look-ups on demand', () => {
  it('run two at a time unless the look-up allows more, in the order in which they were wanted', async () => {
    const lookup = new SlowLookup();
    const { names, found } = lookups(lookup);
    for (const host of ['a', 'b', 'c', 'd']) names.want(host);
    expect(lookup.asked).toEqual(['a', 'b']);
    lookup.answer('b', HERE);
    await eventually(() => found.has('b'));
    expect(lookup.asked).toEqual(['a', 'b', 'c']);
    const quick = new SlowLookup(64);
    const { names: many } = lookups(quick);
    for (let n = 0; n < 70; n++) many.want(`n${n}`);
    expect(quick.asked).toHaveLength(64);
  });

  it('ask for a name once while it is open', () => {
    const lookup = new SlowLookup(8);
    const { names } = lookups(lookup);
    for (let n = 0; n < 3; n++) names.want('a');
    expect(lookup.asked).toEqual(['a']);
  });

  it('refuse what does not fit in line, at once', () => {
    const { names, found } = lookups(new SlowLookup());
    for (let n = 0; n < 1002; n++) names.want(`n${n}`);
    expect(found.size).toBe(0);
    names.want('one-too-many');
    expect(found.get('one-too-many')).toMatchObject({ addresses: [], reason: 'too many names are being looked up' });
  });

  it.each([
    ['its TTL', { ...HERE, ttl: 10_000 }, 10_000],
    ['dnsRefresh, where its TTL is longer', { ...HERE, ttl: 100_000 }, 30_000],
    ['dnsRefresh, where it has none', HERE, 30_000],
    ['a second, where its TTL is 0', { ...HERE, ttl: 0 }, 1_000],
    ['five seconds, where it failed', Object.assign(new Error('no'), { code: 'ENOTFOUND' }), 5_000],
  ])('give an answer to keep for %s', async (_, answer, keepFor) => {
    const lookup = new SlowLookup();
    const { names, found } = lookups(lookup);
    names.want('a');
    lookup.answer('a', answer);
    await eventually(() => found.has('a'));
    const failed = answer instanceof Error;
    expect(found.get('a')).toEqual({
      addresses: failed ? [] : ['10.0.0.1'],
      reason: failed ? 'ENOTFOUND' : '',
      keepFor,
    });
  });

  it('tell nobody of anything once they are closed', async () => {
    const lookup = new SlowLookup();
    const { names, found } = lookups(lookup);
    for (const host of ['a', 'b', 'c']) names.want(host);
    names.close();
    lookup.answer('a', HERE);
    await new Promise((resolve) => setImmediate(resolve));
    expect(found.size).toBe(0);
    expect(lookup.asked).toEqual(['a', 'b']);
  });
});
