// Rules that each stay below their limit still do not hold a worker for seconds: it would be taken for hanging, and replaced.
import { afterEach, expect, it, vi } from 'vitest';
import { runRules } from '../rules/rule-request.ts';

afterEach(() => vi.restoreAllMocks());

/** Each look at the clock finds it so many ms later. */
function slowClock(step: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += step;
    return now;
  });
}

const rules = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `rule ${index + 1}`, match: '^never$' }));

it('a request whose rules take more than a second fails, and says where', () => {
  slowClock(600);
  expect(() => runRules({ rules: rules(40) }, '/')).toThrow(
    /rule "rule 15": the rules up to it took more than 1000 ms/,
  );
});

it('many rules that are fast do not', () => {
  slowClock(1);
  expect(runRules({ rules: rules(4000) }, '/').url).toBe('/');
});
