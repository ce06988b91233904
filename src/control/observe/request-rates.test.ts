import { expect, it } from 'vitest';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { RequestRates } from './request-rates.ts';

it('a rate is the mean of the latest five seconds, and a server that is gone is forgotten', () => {
  const clock = new SimulatedClock();
  const totals = new Map([['shop/a', 0]]);
  const rates = new RequestRates(() => totals, clock);
  expect(rates.perSecond('shop/a')).toBe(0);
  totals.set('shop/a', 100);
  clock.advance(1000);
  expect(rates.perSecond('shop/a')).toBe(100);
  clock.advance(4000);
  expect(rates.perSecond('shop/a')).toBe(20);
  clock.advance(1000);
  expect(rates.perSecond('shop/a')).toBe(0);
  totals.delete('shop/a');
  clock.advance(1000);
  totals.set('shop/a', 1_000_000);
  clock.advance(1000);
  expect(rates.perSecond('shop/a')).toBe(0);
  expect(rates.perSecond('shop/unknown')).toBe(0);
});

it('no sample is taken after close', () => {
  const clock = new SimulatedClock();
  let samples = 0;
  const rates = new RequestRates(() => {
    samples++;
    return [];
  }, clock);
  rates.close();
  clock.advance(10_000);
  expect(samples).toBe(1);
});
