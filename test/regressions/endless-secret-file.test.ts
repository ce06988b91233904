// ${file:…} of something without an end: reading stops at the bound, and memory does not run out.
import { expect, it } from 'vitest';
import { expandValues } from '../../src/control/config/expand-values.ts';
import type { LocatedProblem } from '../../src/model/config-error.ts';

it.skipIf(process.platform === 'win32')('a file without an end is a fault of the configuration', () => {
  const place = { file: '/etc/narrows.yaml', line: 1, column: 1 };
  const problems: LocatedProblem[] = [];
  const node = { kind: 'scalar' as const, place, value: '${file:/dev/zero}' };
  expandValues(node, { env: {}, fileRead: () => {}, problems });
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('it has more than 65536 bytes')]);
});
