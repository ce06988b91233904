// What an import gives: YAML, and the report on it.
import { fileURLToPath } from 'node:url';
import { writeYaml } from '../control/config/write-yaml.ts';
import type { LocatedProblem } from '../model/config-error.ts';
import type { MapNode } from '../model/config-node.ts';
import type { FidelityRow, FidelityVerdict } from '../model/fidelity-row.ts';
import { PASSPHRASE } from './iis-formats.ts';

export interface Imported {
  yaml: string;
  /** In the order of files and lines. */
  rows: readonly FidelityRow[];
  /** Warnings. */
  problems: readonly LocatedProblem[];
}

export interface ImportNotes {
  /** The command and its files, as they were given. */
  what: string;
  /** Further lines at the top. */
  title?: readonly string[];
  problems?: readonly LocatedProblem[];
}

export function imported(root: MapNode, rows: readonly FidelityRow[], notes: ImportNotes): Imported {
  const title = [`${IMPORT_MARK} ${notes.what}: ${countVerdicts(rows)}`, ...(notes.title ?? [])];
  const files = [...new Set(rows.map(({ file }) => file))];
  const sorted = rows.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
  const references = [`\${${PASSPHRASE}}`];
  const yaml = writeYaml(root, { title, rows: sorted, schema: SCHEMA, references });
  return { yaml, rows: sorted, problems: notes.problems ?? [] };
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
