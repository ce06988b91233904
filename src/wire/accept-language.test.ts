import { describe, expect, it } from 'vitest';
import { acceptedLanguages } from './accept-language.ts';

describe('Accept-Language', () => {
  it.each([
    [undefined, []],
    ['de', ['de']],
    ['de-AT, en;q=0.5', ['de-AT', 'de', 'en']],
    ['en;q=0.5, de-AT', ['de-AT', 'de', 'en']],
    ['*, ../../etc, a b, de;q=0, fr', ['fr']],
  ])('%j asks for %j', (field, tags) => {
    expect(acceptedLanguages(field)).toEqual(tags);
  });
});
