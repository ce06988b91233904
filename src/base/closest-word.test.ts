import { describe, expect, it } from 'vitest';
import { closestWord } from './closest-word.ts';

describe('did you mean', () => {
  it.each([
    ['sevrers', 'servers'],
    ['SERVERS', 'servers'],
    ['addres', 'address'],
    ['weigth', 'weight'],
    ['shp', 'shop'],
  ])('%s means %s', (written, meant) => {
    expect(closestWord(written, ['address', 'servers', 'shop', 'weight'])).toBe(meant);
  });

  it('says nothing where no word is near', () => {
    expect(closestWord('colour', ['address', 'servers', 'weight'])).toBeNull();
  });

  it('takes the nearest of several near words', () => {
    expect(closestWord('LeastRequest', ['LeastResponseTime', 'LeastRequests', 'RequestHash'])).toBe('LeastRequests');
  });
});
