// `narrows servers`: the members of farms, and their weights.
import type { Command } from 'commander';
import type { RouterStatus } from '../index.ts';
import {
  addAdminOption,
  addChangeOptions,
  type ChangeOptions,
  changeBody,
  sayChange,
  serverPath,
  withAdmin,
} from './admin-command.ts';
import { formatFarms } from './format-status.ts';
import { type NamedServer, namedServer, wholeNumber } from './option-values.ts';

type Recorded = { audit: number };

const HIGHEST_WEIGHT = 4_294_967_295;

export function registerServers(program: Command): void {
  const servers = program.command('servers').description('list, add and remove the servers of farms, and weigh them');
  addAdminOption(servers.command('list', { isDefault: true }))
    .description('list the servers of a farm, or of all')
    .argument('[farm]', 'name of a farm')
    .option('--json', 'print JSON')
    .action((farm: string | undefined, { admin, json }: { admin: string; json?: boolean }) =>
      withAdmin(admin, async (client) => {
        const farms =
          farm === undefined
            ? (await client.do<Pick<RouterStatus, 'farms'>>('GET', '/api/farms')).farms
            : [await client.do<RouterStatus['farms'][number]>('GET', `/api/farms/${encodeURIComponent(farm)}`)];
        process.stdout.write(json ? `${JSON.stringify(farms, null, 2)}\n` : formatFarms(farms).trimStart());
      }),
    );
  addChangeOptions(servers.command('add'))
    .description('add a server to a farm')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .option('--weight <n>', 'its weight', wholeNumber(1, HIGHEST_WEIGHT))
    .option('--priority-group <n>', 'its priority group', wholeNumber(0, 65_535))
    .action((named: NamedServer, options: ChangeOptions & { weight?: number; priorityGroup?: number }) =>
      withAdmin(options.admin, async (client) => {
        const { weight, priorityGroup } = options;
        const server = {
          address: named.server,
          ...(weight === undefined ? {} : { weight }),
          ...(priorityGroup === undefined ? {} : { priorityGroup }),
        };
        const path = `/api/farms/${encodeURIComponent(named.farm)}/servers`;
        const done = await client.do<Recorded>('POST', path, { server, ...changeBody(options) });
        sayChange(`${named.farm}/${named.server} is a server of the farm`, done);
      }),
    );
  addChangeOptions(servers.command('remove'))
    .description('remove a server from its farm: it drains first')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .action((named: NamedServer, options: ChangeOptions) =>
      withAdmin(options.admin, async (client) => {
        const done = await client.do<Recorded>('DELETE', serverPath(named), changeBody(options));
        sayChange(`${named.farm}/${named.server} is leaving the farm`, done);
      }),
    );
  addChangeOptions(servers.command('weight'))
    .description('change the weight of a server')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .argument('<weight>', 'a whole number, or `configured` for that of the configuration', weightOrConfigured)
    .action((named: NamedServer, weight: number | null, options: ChangeOptions) =>
      withAdmin(options.admin, async (client) => {
        const body = { weight, ...changeBody(options) };
        const done = await client.do<Recorded>('PUT', `${serverPath(named)}/weight`, body);
        sayChange(
          `${named.farm}/${named.server} has ${weight === null ? 'its configured weight' : `the weight ${weight}`}`,
          done,
        );
      }),
    );
}

function weightOrConfigured(written: string): number | null {
  return written === 'configured' ? null : wholeNumber(1, HIGHEST_WEIGHT)(written);
}
