// `narrows farm`: a farm offline and online.
import { Argument, type Command } from 'commander';
import { addChangeOptions, type ChangeOptions, changeBody, sayChange, withAdmin } from './admin-command.ts';

type Verb = 'online' | 'offline' | 'configured';

export function registerFarm(program: Command): void {
  addChangeOptions(program.command('farm'))
    .description('take a farm offline, with its maintenance page, or bring it online')
    .argument('<farm>', 'name of the farm')
    .addArgument(
      new Argument('<verb>', '`configured`: as the configuration says').choices(['online', 'offline', 'configured']),
    )
    .action((farm: string, verb: Verb, options: ChangeOptions) =>
      withAdmin(options.admin, async (client) => {
        const enabled = verb === 'configured' ? null : verb === 'online';
        const path = `/api/farms/${encodeURIComponent(farm)}/enabled`;
        const done = await client.do<{ audit: number }>('PUT', path, { enabled, ...changeBody(options) });
        sayChange(`farm ${farm} is ${verb === 'configured' ? 'as the configuration says' : verb}`, done);
      }),
    );
}
