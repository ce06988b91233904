// `narrows audit`: who changed what, and taking it back.
import type { Command } from 'commander';
import type { AuditEntry } from '../index.ts';
import {
  addAdminOption,
  addChangeOptions,
  type ChangeOptions,
  changeBody,
  sayChange,
  withAdmin,
} from './admin-command.ts';
import { type Column, formatTable } from './format-table.ts';
import { wholeNumber } from './option-values.ts';

const COLUMNS: readonly Column[] = [
  { title: 'CHANGE', align: 'right' },
  { title: 'WHEN', align: 'left' },
  { title: 'WHO', align: 'left' },
  { title: 'FROM', align: 'left' },
  { title: 'WHAT', align: 'left' },
  { title: 'WHY', align: 'left' },
];

export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('list what was changed while the router ran, and take it back');
  addAdminOption(audit.command('list', { isDefault: true }))
    .description('list the latest changes, oldest first')
    .option('--json', 'print JSON')
    .action(({ admin, json }: { admin: string; json?: boolean }) =>
      withAdmin(admin, async (client) => {
        const { entries } = await client.do<{ entries: AuditEntry[] }>('GET', '/api/audit');
        const text = entries.length === 0 ? 'nothing was changed\n' : formatTable(COLUMNS, entries.map(row));
        process.stdout.write(json ? `${JSON.stringify(entries, null, 2)}\n` : text);
      }),
    );
  addChangeOptions(audit.command('undo'), false)
    .description('take a change back')
    .argument('<change>', 'its number', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--force', 'also where the same was changed again since')
    .action((id: number, options: ChangeOptions & { force?: boolean }) =>
      withAdmin(options.admin, async (client) => {
        const body = { force: options.force ?? false, ...changeBody(options) };
        sayChange(
          `change ${id} is taken back`,
          await client.do<{ audit: number }>('POST', `/api/audit/${id}/undo`, body),
        );
      }),
    );
}

function row({ id, at, who, from, why, change, undoes }: AuditEntry): string[] {
  const { what, farm, server, host, before, after } = change;
  const name = [farm, server ?? host].filter((part) => part !== undefined).join('/');
  const undo = undoes === undefined ? '' : ` (takes ${undoes} back)`;
  return [String(id), at, who, from, `${what} of ${name}: ${shown(before)} → ${shown(after)}${undo}`, why];
}

function shown(value: unknown): string {
  return value === null ? 'none' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
