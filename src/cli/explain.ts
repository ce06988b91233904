// `narrows explain`: what the router would do with a request and why; asked of a file, or of a running router.
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type AskedRequest, type Explanation, explainConfig, type GivenResponse, readResponse } from '../index.ts';
import { withAdmin } from './admin-command.ts';
import { askRouter } from './admin-explainer.ts';
import { explainList } from './explain-list.ts';
import { formatExplanation } from './format-explanation.ts';
import { type IisCommandOptions, iisOptions, withIisOptions } from './iis-options.ts';
import { absoluteUrl, adminUrl, headerField, httpMethod, ipAddress } from './option-values.ts';
import { refuse } from './refusal.ts';

interface ExplainOptions extends IisCommandOptions {
  config?: string;
  admin?: string;
  url?: string;
  file?: string;
  against?: string;
  method: string;
  header: [string, string][];
  client: string;
  response?: string;
  json?: boolean;
}

export function registerExplain(program: Command): void {
  const command = withIisOptions(program.command('explain'))
    .description('say what the router would do with a request, or with each of many, and why; nothing is forwarded')
    .option('-c, --config <file>', 'configuration file; all servers count as healthy')
    .addOption(
      new Option(
        '--admin <url>',
        'ask a running router instead, with its live state; its token is taken from NARROWS_TOKEN',
      )
        .argParser(adminUrl)
        .conflicts(['config', 'against']),
    )
    .option('--url <url>', 'absolute URL of the request', absoluteUrl)
    .addOption(
      new Option('--method <method>', 'method of the request').default('GET').argParser(httpMethod).conflicts('file'),
    )
    .option('--header <field>', "header of the request, as 'Name: value'; may be repeated", headerField, [])
    .addOption(
      new Option('--client <address>', 'IP address of the client')
        .default('127.0.0.1')
        .argParser(ipAddress)
        .conflicts('file'),
    )
    .addOption(
      new Option(
        '--response <file>',
        'what the server would answer, as JSON {status, headers, body | bodyBase64}: says what the client would get',
      ).conflicts('file'),
    )
    .addOption(
      new Option(
        '--file <requests>',
        'many requests, - for standard input: JSON lines {method, url, headers, client, expect}, an access log of Narrows, or a W3C log of IIS; --header then says what the log does not',
      ).conflicts('url'),
    )
    .option(
      '--against <file>',
      'another configuration: only requests with another outcome there are told, exit code 1 if any',
    )
    .option('--json', 'print the explanation as JSON; of many requests one object a line');
  command.action((options: ExplainOptions) => {
    if (options.config === undefined && options.admin === undefined)
      command.error("error: required option '-c, --config <file>' or '--admin <url>' not specified");
    if (options.file !== undefined) return explainList({ ...options, file: options.file });
    if (options.url === undefined)
      return command.error("error: required option '--url <url>' or '--file <requests>' not specified");
    if (options.against !== undefined)
      return command.error("error: option '--against <file>' needs '--file <requests>'");
    return explain({ ...options, url: options.url });
  });
}

async function explain(options: ExplainOptions & { url: string }): Promise<void> {
  const { url, method, header: headers, client, admin } = options;
  const asked: AskedRequest = { url, method, headers, client };
  const print = (explanation: Explanation): void => {
    const json = `${JSON.stringify(explanation, null, 2)}\n`;
    process.stdout.write(options.json ? json : formatExplanation(asked, explanation));
  };
  try {
    const request = { ...asked, ...givenResponse(options.response) };
    if (admin !== undefined) await withAdmin(admin, async (router) => print(await askRouter(router, request)));
    else print(await explainConfig({ file: options.config! }, request, { adminDefault: true, ...iisOptions(options) }));
  } catch (error) {
    refuse(error);
  }
}

/** @throws Error that names the file */
function givenResponse(file: string | undefined): { response?: GivenResponse } {
  if (file === undefined) return {};
  try {
    return { response: readResponse(readFileSync(file === '-' ? 0 : file, 'utf8')) };
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
