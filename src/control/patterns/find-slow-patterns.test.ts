import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { findSlowPatterns } from './find-slow-patterns.ts';

/** As the rules do it for patterns that hold no letter. */
const asWritten = (text: string) => ({ source: text, flags: '' });

function slowOf(pattern: string, linearEngine = false) {
  const rule = { patternSyntax: 'ECMAScript', match: { url: pattern, ignoreCase: false } };
  return findSlowPatterns({ rules: { list: [rule] } }, asWritten, linearEngine);
}

describe('patterns that may be slow', () => {
  it.each(['^shop/(.*)$', '^([^/]+)/([^/]+)$', '(', 'a{1,3}'])('%s is none of them', (pattern) => {
    expect(slowOf(pattern)).toEqual([]);
  });

  it('are bounded where only long text makes them slow', () => {
    expect(slowOf('^(.*)/old/(.*)$')).toEqual([
      { text: '^(.*)/old/(.*)$', ignoreCase: false, directUpTo: 1000, verdict: 'bounded', attack: '' },
    ]);
  });

  it.each(['^(a+)+$', '^(?=a)(a+)+$', '^(a|a)*b$', '^(?!x)(.*)-(.*)-(.*)-(.*)$'])(
    'are vulnerable where there is an attack: %s',
    (pattern) => {
      const [slow] = slowOf(pattern);
      expect(slow).toMatchObject({
        verdict: 'vulnerable',
        attack: expect.stringMatching(/^on .*repeat.* time that grows/),
      });
    },
  );

  it('are unknown where recheck does not know either', () => {
    expect(slowOf('^(?:(a*)\\1b?)*(?!\\1)c{20,}$')[0]?.verdict).toMatch(/unknown|vulnerable/);
  });

  it('are none where recheck proves it', () => {
    expect(slowOf('^(?:a(?:b|bc)d)*$')).toEqual([]);
  });

  it('are looked for in rules, conditions, outbound rules and preconditions of every depth', () => {
    const bad = { pattern: '^(a+)+$', ignoreCase: true };
    const at = (where: object) => findSlowPatterns(where, asWritten, false).map(({ text }) => text);
    expect(at({ sites: [{ x: { patternSyntax: 'ECMAScript', conditions: { add: [bad] } } }] })).toEqual(['^(a+)+$']);
    expect(at({ patternSyntax: 'ECMAScript', match: bad })).toEqual(['^(a+)+$']);
    expect(at({ preConditions: { html: { patternSyntax: 'ECMAScript', add: [bad, bad] } } })).toEqual(['^(a+)+$']);
    expect(at({ patternSyntax: 'Wildcard', conditions: { add: [bad] } })).toEqual([]);
  });
});

describe('where slow patterns are limited anyway', () => {
  afterEach(() => vi.restoreAllMocks());

  it('no more than some seconds are spent on finding out; what is left counts as unknown', () => {
    let now = 0;
    vi.spyOn(systemClock, 'monotonic').mockImplementation(() => {
      now += 800;
      return now;
    });
    const list = Array.from({ length: 5 }, (_, index) => ({
      patternSyntax: 'ECMAScript',
      match: { url: `^(?=a)(a+)+x{${index}}$`, ignoreCase: false },
    }));
    const found = findSlowPatterns({ rules: { list } }, asWritten, false, false);
    expect(found.map(({ verdict }) => verdict)).toEqual(['vulnerable', 'vulnerable', 'unknown', 'unknown', 'unknown']);
    expect(findSlowPatterns({ rules: { list } }, asWritten, false, true).map(({ verdict }) => verdict)).toEqual(
      Array(5).fill('vulnerable'),
    );
  });
});
