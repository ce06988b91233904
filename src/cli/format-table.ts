// Tables for people: columns as wide as their widest cell, numbers to the right.
import { stripVTControlCharacters } from 'node:util';

export interface Column {
  title: string;
  align: 'left' | 'right';
}

/** @param rows cells in the order of `columns`; control characters in them are left out, so that no cell moves the cursor */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_column, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const padded = lines.map((line) =>
    line.map((cell, at) => (columns[at]!.align === 'left' ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))),
  );
  return padded.map((cells) => `${cells.join('  ').trimEnd()}\n`).join('');
}

function printable(cell: string): string {
  return stripVTControlCharacters(cell).replaceAll(/\p{Cc}/gu, '');
}
