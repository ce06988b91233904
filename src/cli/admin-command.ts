// What all commands that talk to a running router share: where it is, and how its refusal ends the command.
import type { Command } from 'commander';
import { AdminClient, AdminError } from './admin-client.ts';
import { adminUrl } from './option-values.ts';

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
