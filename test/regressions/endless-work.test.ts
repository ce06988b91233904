// Rules that each stay below their limit still do not hold a worker for seconds: it would be taken for hanging, and replaced.
import { afterEach, expect, it, vi } from 'vitest';
import { runRules } from '../rules/rule-request.ts';

afterEach(() => vi.restoreAllMocks());

/** Each look at the clock finds it so many ms later, and the thread so many ms of its own work later. */
function slowClock(step: number, own: number): void {
  let [now, worked] = [0, 0];
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += step;
    return now;
  });
  vi.spyOn(process, 'threadCpuUsage').mockImplementation(() => {
    worked += own;
    return { user: worked * 1000, system: 0 };
  });
}

const rules = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `rule ${index + 1}`, match: '^never$' }));

it('a request whose rules take more than a second fails, and says where', () => {
  slowClock(600, 600);
  expect(() => runRules({ rules: rules(80) }, '/')).toThrow(
    /rule "rule \d\d": the rules up to it took more than 1000 ms/,
  );
});

it('one whose thread was kept waiting by the machine does not', () => {
  slowClock(600, 1);
  expect(runRules({ rules: rules(400) }, '/').url).toBe('/');
});

it('many rules that are fast do not', () => {
  slowClock(1, 1);
  expect(runRules({ rules: rules(4000) }, '/').url).toBe('/');
});
