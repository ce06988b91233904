// What an import gives: YAML, and the report on it.
import { fileURLToPath } from 'node:url';
import { writeYaml } from '../control/config/write-yaml.ts';
import type { MapNode } from '../model/config-node.ts';
import type { FidelityRow, FidelityVerdict } from '../model/fidelity-row.ts';

export interface Imported {
  yaml: string;
  /** In the order of files and lines. */
  rows: readonly FidelityRow[];
}

/** @param what the command and its files, as they were given */
export function imported(root: MapNode, rows: readonly FidelityRow[], what: string): Imported {
  const title = [`${IMPORT_MARK} ${what}: ${countVerdicts(rows)}`];
  return { yaml: writeYaml(root, { title, rows, schema: SCHEMA }), rows };
}

/** Begins the second line of what an import writes. */
export const IMPORT_MARK = 'Written by narrows';

/** `src` and `dist` are equally deep. */
const SCHEMA = fileURLToPath(new URL('../../schema/narrows.schema.json', import.meta.url));

/** `12 exact, 1 approximated, 0 unsupported`. */
export function countVerdicts(rows: readonly FidelityRow[]): string {
  const count = (wanted: FidelityVerdict): string =>
    `${rows.filter(({ verdict }) => verdict === wanted).length} ${wanted}`;
  return [count('exact'), count('approximated'), count('unsupported')].join(', ');
}
