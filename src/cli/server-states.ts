// `narrows start` and `narrows stop`: servers by hand (arr.md 8.3).
import type { Command } from 'commander';
import { addChangeOptions, type ChangeOptions, changeBody, sayChange, serverPath, withAdmin } from './admin-command.ts';
import { type NamedServer, namedServer } from './option-values.ts';

export function registerServerStates(program: Command): void {
  addChangeOptions(program.command('start'))
    .description('let a server take requests')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .action((named: NamedServer, options: ChangeOptions) => setState(named, 'Start', options));
  addChangeOptions(program.command('stop'))
    .description('take a server out: what was begun is finished, bound clients go to others')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .option('--force', 'cut what was begun')
    .action((named: NamedServer, options: ChangeOptions & { force?: boolean }) =>
      setState(named, options.force ? 'ForcefulStop' : 'GracefulStop', options),
    );
}

function setState(named: NamedServer, state: string, options: ChangeOptions): Promise<void> {
  return withAdmin(options.admin, async (client) => {
    const body = { state, ...changeBody(options) };
    const done = await client.do<{ audit: number; change: { before: string } }>(
      'PUT',
      `${serverPath(named)}/state`,
      body,
    );
    sayChange(`${named.farm}/${named.server}: ${state}, before: ${done.change.before}`, done);
  });
}
