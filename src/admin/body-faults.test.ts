import { expect, it } from 'vitest';
import * as z from 'zod';
import { bodyFaults } from './body-faults.ts';

it('what is wrong with a body is one line that names each key', () => {
  const schema = z.strictObject({ state: z.enum(['Start', 'Drain']), deadline: z.int(), list: z.array(z.string()) });
  const { error } = schema.safeParse({ state: 'drian', deadline: 'x', list: [1], more: 2 });
  expect(bodyFaults(error!)).toBe(
    'state: expected one of Start, Drain; deadline: expected number; list.0: expected string; unknown key "more"',
  );
});
