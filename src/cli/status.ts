// `narrows status`: the running router as a table for people, or as the JSON of the admin API.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { RouterStatus } from '../index.ts';
import { type AdminClient, AdminError } from './admin-client.ts';
import { addAdminOption, withAdmin } from './admin-command.ts';
import { formatStatus } from './format-status.ts';

const WATCH_EVERY = 1000;
const HOME_AND_CLEAR = '\x1b[H\x1b[J';

export function registerStatus(program: Command): void {
  addAdminOption(program.command('status'))
    .description('show farms, servers and counters of a running router')
    .option('--json', 'print the JSON of GET /api/status; with --watch one line each time')
    .option('--watch', 'print again every second, until interrupted')
    .action(({ admin, json, watch }: { admin: string; json?: boolean; watch?: boolean }) =>
      withAdmin(admin, async (client) => {
        const clear = watch === true && json !== true && process.stdout.isTTY ? HOME_AND_CLEAR : '';
        do {
          const status = await readStatus(client);
          process.stdout.write(clear + (json ? asJson(status, watch === true) : formatStatus(status)));
        } while (watch === true && (await wait(WATCH_EVERY, true)));
      }),
    );
}

async function readStatus(client: AdminClient): Promise<RouterStatus> {
  const { status, body } = await client.ask('GET', '/api/status');
  if (status !== 200) throw new AdminError(`the router answers ${status}: ${JSON.stringify(body)}`);
  return body as RouterStatus;
}

function asJson(status: RouterStatus, oneLine: boolean): string {
  return `${JSON.stringify(status, null, oneLine ? undefined : 2)}\n`;
}
