import { expect, it } from 'vitest';
import { sampleFarm } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { UrlTest } from './url-test.ts';

it.each([
  ['/health', 'no complete response in 2000 ms (healthCheck.timeout)'],
  ['tcp:', 'no connection in 2000 ms (healthCheck.timeout)'],
])('a test of %s that takes too long says what is missing, and which setting says so', async (url, reason) => {
  const clock = new SimulatedClock();
  const { healthCheck } = sampleFarm('shop', ['a:1']);
  const { promise, resolve } = Promise.withResolvers<string>();
  const test = new UrlTest(
    { ...healthCheck, url, timeout: 2000 },
    { clock, random: { next: () => 0 }, isWanted: () => true },
    async (signal) => {
      await new Promise((ended) => signal.addEventListener('abort', ended));
      return { passed: false, status: null, reason: String(signal.reason) };
    },
    (result) => resolve(result.reason),
  );
  clock.advance(2000);
  expect(await promise).toBe(reason);
  test.stop();
});
