// `narrows health`: why a server is healthy or not, marks by hand, and a test now.
import { Argument, type Command } from 'commander';
import { type HealthChange, type HealthTestResult, printable, type RouterStatus } from '../index.ts';
import { addChangeOptions, type ChangeOptions, changeBody, sayChange, serverPath, withAdmin } from './admin-command.ts';
import { type NamedServer, namedServer } from './option-values.ts';

type Verb = 'show' | 'set-healthy' | 'set-unhealthy' | 'test';

interface HealthAnswer {
  healthy: boolean;
  evidence: RouterStatus['farms'][number]['servers'][number]['evidence'];
  history: HealthChange[];
}

interface HealthOptions extends ChangeOptions {
  json?: boolean;
  url?: string;
}

export function registerHealth(program: Command): void {
  addChangeOptions(program.command('health'), false)
    .description('show the health of a server, mark it by hand, or test it now')
    .argument('<server>', 'FARM/ADDRESS', namedServer)
    .addArgument(
      new Argument('[verb]', 'what to do').choices(['show', 'set-healthy', 'set-unhealthy', 'test']).default('show'),
    )
    .option('--url <url>', 'with test: what to fetch instead of healthCheck.url')
    .option('--json', 'print JSON')
    .action((named: NamedServer, verb: Verb, options: HealthOptions) => {
      if (verb === 'show') return show(named, options);
      return verb === 'test' ? test(named, options) : mark(named, verb === 'set-healthy', options);
    });
}

function show(named: NamedServer, { admin, json }: HealthOptions): Promise<void> {
  return withAdmin(admin, async (client) => {
    const answer = await client.do<HealthAnswer>('GET', `${serverPath(named)}/health`);
    if (json) return void process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    const { healthy, evidence, history } = answer;
    const state = `${named.farm}/${named.server} is ${healthy ? 'healthy' : 'UNHEALTHY'}`;
    const why = evidence === null ? 'it is not tested' : `since ${evidence.since}: ${evidence.reason}`;
    const changes = history.map(
      ({ at, healthy: now, by, reason }) => `  ${at}  ${now ? 'healthy  ' : 'unhealthy'}  ${by}: ${reason}`,
    );
    process.stdout.write(`${[`${state}, ${why}`, ...changes].map(printable).join('\n')}\n`);
  });
}

function mark(named: NamedServer, healthy: boolean, options: HealthOptions): Promise<void> {
  return withAdmin(options.admin, async (client) => {
    const done = await client.do<{ audit: number }>('PUT', `${serverPath(named)}/health`, {
      healthy,
      ...changeBody(options),
    });
    sayChange(`${named.farm}/${named.server} is marked ${healthy ? 'healthy' : 'unhealthy'}`, done);
  });
}

/** Exit code 1 where the test fails. */
function test(named: NamedServer, { admin, json, url }: HealthOptions): Promise<void> {
  return withAdmin(admin, async (client) => {
    const body = url === undefined ? {} : { url };
    const result = await client.do<HealthTestResult>('POST', `${serverPath(named)}/health/test`, body);
    const text = `${result.result} in ${result.duration.toFixed(1)} ms: ${result.reason}`;
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${printable(text)}\n`);
    if (result.result !== 'Success') process.exitCode = 1;
  });
}
