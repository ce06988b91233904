// What all commands that talk to a running router share: where it is, and how its refusal ends the command.
import type { Command } from 'commander';
import { AdminClient, AdminError } from './admin-client.ts';
import { adminUrl, type NamedServer } from './option-values.ts';

/** Adds `--admin URL`. */
export function addAdminOption(command: Command): Command {
  return command.option(
    '--admin <url>',
    'admin API of the router; its token is taken from NARROWS_TOKEN',
    adminUrl,
    'http://127.0.0.1:9400',
  );
}

/** Runs `act`; an AdminError becomes one line on stderr and exit code 1. */
export async function withAdmin(url: string, act: (client: AdminClient) => Promise<void>): Promise<void> {
  try {
    await act(new AdminClient(url, process.env.NARROWS_TOKEN || undefined));
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    process.stderr.write(`narrows: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** What commands that change something may be told beside. */
export interface ChangeOptions {
  admin: string;
  persist?: boolean;
  why?: string;
}

/** Adds `--admin`, `--persist` and `--why`. */
export function addChangeOptions(command: Command, persists = true): Command {
  addAdminOption(command).option('--why <text>', 'why, for the record of changes');
  return persists ? command.option('--persist', 'keep it across restarts of the router') : command;
}

/** The part of a body that these options are. */
export function changeBody({ persist, why }: Pick<ChangeOptions, 'persist' | 'why'>): object {
  return { ...(persist ? { persist } : {}), ...(why === undefined ? {} : { why }) };
}

/** Path of a server in the admin API. */
export function serverPath({ farm, server }: NamedServer): string {
  return `/api/farms/${encodeURIComponent(farm)}/servers/${encodeURIComponent(server)}`;
}

/** What `answer` says was done, with the number that undoes it. */
export function sayChange(text: string, { audit }: { audit: number }): void {
  process.stdout.write(`${text} (change ${audit}: narrows audit undo ${audit} takes it back)\n`);
}
