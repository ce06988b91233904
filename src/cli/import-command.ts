// What both import commands share: where the YAML and the report go, and how they end (CONTRACT 1).
import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { countVerdicts, type FidelityRow, formatProblem, IMPORT_MARK, type Imported } from '../index.ts';
import { refuse } from './refusal.ts';

export interface ImportOptions {
  output?: string;
  report?: string;
  strict?: boolean;
}

/** Rows that the summary names one by one. */
const MOST_ROWS = 20;

export function importCommand(program: Command, name: string, about: string): Command {
  return program
    .command(name)
    .description(about)
    .argument('<file...>', 'files to import')
    .option('-o, --output <file>', 'write the YAML there instead of to stdout')
    .option('--report <file>', 'write a row for each element there: JSON if the name ends in .json, else text')
    .option('--strict', 'exit with 1 when something is unsupported');
}

/** Runs `read` and writes what it gives; a summary goes to stderr. */
export async function runImport(options: ImportOptions, read: () => Imported | Promise<Imported>): Promise<void> {
  try {
    const { yaml, rows, problems } = await read();
    if (options.report !== undefined) writeWhole(options.report, formatReport(options.report, rows));
    if (options.output === undefined) process.stdout.write(yaml);
    else writeOurs(options.output, yaml);
    process.stderr.write(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    process.stderr.write(summary(rows));
    if (options.strict && rows.some(({ verdict }) => verdict === 'unsupported')) process.exitCode = 1;
  } catch (error) {
    refuse(error);
  }
}

/** What people have written is not overwritten; what an import wrote is. */
function writeOurs(file: string, text: string): void {
  const before = readIfThere(file);
  const isOurs =
    before === null || before.trim() === '' || before.split('\n', 3).some((line) => line.includes(IMPORT_MARK));
  if (!isOurs) throw new Error(`${file} is there already, and no import wrote it: remove it, or name another`);
  writeWhole(file, text);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Nobody ever sees half of it. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    try {
      unlinkSync(draft);
    } catch {
      // it was never made
    }
    throw new Error(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function formatReport(file: string, rows: readonly FidelityRow[]): string {
  if (file.endsWith('.json')) return `${JSON.stringify(rows, null, 2)}\n`;
  return `${rows.map((row) => `${formatRow(row)}\n`).join('')}${countVerdicts(rows)}\n`;
}

function formatRow({ file, line, path, verdict, note }: FidelityRow): string {
  return `${file}:${line}: ${verdict}: ${path}${note === '' ? '' : `: ${note}`}`;
}

function summary(rows: readonly FidelityRow[]): string {
  const shown = [
    ...rows.filter(({ verdict }) => verdict === 'unsupported'),
    ...rows.filter(({ verdict }) => verdict === 'approximated'),
  ];
  const more = shown.length > MOST_ROWS ? [`and ${shown.length - MOST_ROWS} more: --report FILE has them all`] : [];
  return [...shown.slice(0, MOST_ROWS).map(formatRow), ...more, countVerdicts(rows)]
    .map((line) => `${line}\n`)
    .join('');
}
