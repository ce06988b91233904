// `narrows affinity`: host names and the servers that they have (arr.md 7.3).
import type { Command } from 'commander';
import type { Change, HostMapping, HostMove } from '../index.ts';
import {
  addAdminOption,
  addChangeOptions,
  type ChangeOptions,
  changeBody,
  sayChange,
  withAdmin,
} from './admin-command.ts';
import { type Column, formatTable } from './format-table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'HOST', align: 'left' },
  { title: 'SERVERS', align: 'left' },
  { title: 'REQUESTS', align: 'right' },
  { title: 'LAST USE', align: 'left' },
];

interface Listing {
  admin: string;
  json?: boolean;
  server?: string;
}

export function registerAffinity(program: Command): void {
  const affinity = program.command('affinity').description('show and change which servers host names have');
  addAdminOption(affinity.command('hosts'))
    .description('list the host names of a farm, the most recently used first')
    .argument('<farm>', 'name of the farm')
    .option('--server <address>', 'only those of this server')
    .option('--json', 'print JSON')
    .action((farm: string, { admin, json, server }: Listing) => {
      const query = server === undefined ? '' : `?server=${encodeURIComponent(server)}`;
      return list(admin, `${farmPath(farm)}/hosts${query}`, json);
    });
  addAdminOption(affinity.command('lookup'))
    .description('the servers of one host name')
    .argument('<farm>', 'name of the farm')
    .argument('<host>', 'the host name')
    .option('--json', 'print JSON')
    .action((farm: string, host: string, { admin, json }: Listing) =>
      list(admin, `${farmPath(farm)}/hosts/${encodeURIComponent(host)}`, json),
    );
  addChangeOptions(affinity.command('remove'), false)
    .description('forget the servers of a host name: its next request gets others')
    .argument('<farm>', 'name of the farm')
    .argument('<host>', 'the host name')
    .option('--server <address>', 'only this server of it')
    .action((farm: string, host: string, options: ChangeOptions & { server?: string }) =>
      withAdmin(options.admin, async (client) => {
        const query = options.server === undefined ? '' : `?server=${encodeURIComponent(options.server)}`;
        const path = `${farmPath(farm)}/hosts/${encodeURIComponent(host)}${query}`;
        sayChange(`${host} is forgotten`, await client.do<{ audit: number }>('DELETE', path, changeBody(options)));
      }),
    );
  addChangeOptions(affinity.command('rebalance'), false)
    .description('say which host names would move where to be shared out evenly, or move them')
    .argument('<farm>', 'name of the farm')
    .option('--apply', 'move them')
    .action((farm: string, options: ChangeOptions & { apply?: boolean }) => rebalance(farm, options));
}

function list(admin: string, path: string, json: boolean | undefined): Promise<void> {
  return withAdmin(admin, async (client) => {
    const { hosts } = await client.do<{ hosts: HostMapping[] }>('GET', path);
    const rows = hosts.map(({ host, servers, requests, lastUse }) => [
      host,
      servers.join(', '),
      String(requests),
      lastUse,
    ]);
    const text = hosts.length === 0 ? 'no host names\n' : formatTable(COLUMNS, rows);
    process.stdout.write(json ? `${JSON.stringify(hosts, null, 2)}\n` : text);
  });
}

function rebalance(farm: string, options: ChangeOptions & { apply?: boolean }): Promise<void> {
  return withAdmin(options.admin, async (client) => {
    const path = `${farmPath(farm)}/rebalance`;
    if (options.apply) {
      const { changes } = await client.do<{ changes: Change[] }>('POST', path, changeBody(options));
      process.stdout.write(`${changes.length} host names moved\n`);
      return;
    }
    const { moves } = await client.do<{ moves: HostMove[] }>('GET', path);
    const lines = moves.map(
      ({ host, from, to, reason }) => `${host}: ${from.join(', ')} → ${to.join(', ')}: ${reason}\n`,
    );
    process.stdout.write(lines.length === 0 ? 'nothing would move\n' : lines.join(''));
  });
}

function farmPath(farm: string): string {
  return `/api/farms/${encodeURIComponent(farm)}`;
}
