// `narrows reload`: the running router reads its configuration again. What is wrong with it is printed as `check` does.
import type { Command } from 'commander';
import { formatProblem, type LocatedProblem } from '../index.ts';
import { AdminError } from './admin-client.ts';
import { addAdminOption, withAdmin } from './admin-command.ts';

interface Reloaded {
  snapshot: { id: number };
  needsRestart: readonly string[];
  /** All that `check` warns of, and certificates that could not be read again. */
  warnings: readonly LocatedProblem[];
}

export function registerReload(program: Command): void {
  addAdminOption(program.command('reload'))
    .description('make a running router read its configuration again')
    .action(({ admin }: { admin: string }) =>
      withAdmin(admin, async (client) => {
        const { status, body } = await client.ask('POST', '/api/reload');
        if (status === 422) {
          const { errors } = body as { errors: LocatedProblem[] };
          process.stdout.write(errors.map((problem) => `${formatProblem(problem)}\n`).join(''));
          throw new AdminError('the configuration was refused; the router goes on with the one it has');
        }
        if (status !== 200) throw new AdminError(`the router answers ${status}: ${JSON.stringify(body)}`);
        const { snapshot, needsRestart, warnings } = body as Reloaded;
        process.stdout.write(`reloaded: configuration ${snapshot.id}\n`);
        for (const problem of warnings) process.stdout.write(`${formatProblem(problem)}\n`);
        for (const key of needsRestart) process.stdout.write(`${key} changes only with a restart\n`);
      }),
    );
}
