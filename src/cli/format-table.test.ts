import { expect, it } from 'vitest';
import { formatTable } from './format-table.ts';

it('a table aligns its columns, and a cell cannot steer the terminal', () => {
  const columns = [
    { title: 'NAME', align: 'left' },
    { title: 'N', align: 'right' },
  ] as const;
  const rows = [
    ['a', '1'],
    ['\x1b[31mlonger\x1b[0m\n\x9b', '1000'],
  ];
  expect(formatTable(columns, rows)).toBe('NAME       N\na          1\nlonger  1000\n');
});
