import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServer } from '../../../test/kit/sample-farm.ts';
import { checkWeights } from './check-weights.ts';

const weighted = (...weights: number[]) =>
  sampleFarm(
    'shop',
    weights.map((weight, index) => sampleServer(`127.0.0.1:${9001 + index}`, { weight })),
  );

describe('checkWeights', () => {
  it('says nothing of weights that one cycle holds exactly', () => {
    expect(checkWeights([weighted(100, 100), weighted(1, 4095), weighted(7)])).toEqual([]);
  });

  it('warns of a weight that is too small to have its share', () => {
    const [problem] = checkWeights([weighted(1, 1_000_000)]);
    expect(problem).toMatchObject({ severity: 'warning', path: ['farms', 'shop', 'servers'] });
    expect(problem!.message).toMatch(/differs from its weight by up to \d+/);
  });
});
