// `narrows drain`: no new clients for a server, and, with --wait, an end when nobody is bound to it any more. Exit code 1 where the deadline
// came first (CONTRACT 1).
import type { Command } from 'commander';
import type { Bindings, DrainStatus } from '../index.ts';
import type { AdminClient } from './admin-client.ts';
import { addChangeOptions, type ChangeOptions, changeBody, sayChange, serverPath, withAdmin } from './admin-command.ts';
import { count } from './count.ts';
import { duration, type NamedServer, namedServer } from './option-values.ts';

interface DrainOptions extends ChangeOptions {
  wait?: boolean;
  dryRun?: boolean;
  json?: boolean;
  deadline?: number;
  idle?: number;
}

/** How long one request for the end of the drain is held open, ms; progress is said in between. */
const ASK_FOR = 5000;

export function registerDrain(program: Command): void {
  addChangeOptions(program.command('drain'))
    .description('give a server no new clients; those that are bound to it stay until they are done')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .option('--wait', 'return when the drain is done; exit code 1 when its deadline came first')
    .option('--dry-run', 'change nothing: say who is bound to the server now')
    .option('--deadline <duration>', 'the most that it lasts, such as 1h', duration)
    .option('--idle <duration>', 'done when no bound client was seen for so long', duration)
    .option('--json', 'print JSON')
    .action((named: NamedServer, options: DrainOptions) =>
      withAdmin(options.admin, (client) =>
        options.dryRun ? showBindings(client, named, options) : drain(client, named, options),
      ),
    );
}

async function showBindings(client: AdminClient, named: NamedServer, { json }: DrainOptions): Promise<void> {
  const bindings = await client.do<Bindings>('GET', `${serverPath(named)}/bindings`);
  const text = `${named.farm}/${named.server}: ${sayBindings(bindings)}`;
  process.stdout.write(json ? `${JSON.stringify(bindings)}\n` : `${text}\n`);
}

async function drain(client: AdminClient, named: NamedServer, options: DrainOptions): Promise<void> {
  const { deadline, idle, json, wait } = options;
  const limits = {
    ...(deadline === undefined ? {} : { deadline }),
    ...(idle === undefined ? {} : { idleTimeout: idle }),
  };
  const body = { state: 'Drain', ...limits, ...changeBody(options) };
  const done = await client.do<{ audit: number }>('PUT', `${serverPath(named)}/state`, body);
  if (json && !wait) process.stdout.write(`${JSON.stringify(done)}\n`);
  if (!json) sayChange(`${named.farm}/${named.server} drains`, done);
  if (wait) await waitForEnd(client, named, json === true);
}

async function waitForEnd(client: AdminClient, named: NamedServer, json: boolean): Promise<void> {
  const name = `${named.farm}/${named.server}`;
  for (;;) {
    const { drain: status } = await client.do<{ drain: DrainStatus | null }>(
      'GET',
      `${serverPath(named)}/drain?wait=${ASK_FOR}`,
    );
    if (status === null) {
      process.stderr.write(`narrows: the drain of ${name} was called off\n`);
      process.exitCode = 1;
      return;
    }
    if (status.endedBy !== null) {
      process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${name} is drained: ${ENDS[status.endedBy]}\n`);
      if (status.endedBy === 'deadline') process.exitCode = 1;
      return;
    }
    if (!json) process.stdout.write(`${name} drains: ${sayBindings(status)}\n`);
  }
}

const ENDS: Readonly<Record<NonNullable<DrainStatus['endedBy']>, string>> = {
  noBindings: 'nobody is bound to it',
  idle: 'no bound client was seen for long enough',
  deadline: 'its deadline came first',
};

function sayBindings({ clients, hosts, requests, webSockets, lastUse }: Bindings): string {
  const last = lastUse === null ? 'none seen yet' : `the last seen ${lastUse}`;
  const counts = [
    `${count(clients, 'bound client')} (${last})`,
    count(hosts, 'host name'),
    count(requests, 'open request'),
  ];
  return [...counts, count(webSockets, 'WebSocket')].join(', ');
}
