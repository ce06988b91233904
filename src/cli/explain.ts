// `narrows explain`: what the router would do with a request and why; asked of a file, or of a running router.
import type { Command } from 'commander';
import { type ExplainRequest, type Explanation, explainConfig } from '../index.ts';
import { type AdminClient, AdminError } from './admin-client.ts';
import { withAdmin } from './admin-command.ts';
import { formatExplanation } from './format-explanation.ts';
import { absoluteUrl, adminUrl, headerField, httpMethod, ipAddress } from './option-values.ts';
import { refuse } from './refusal.ts';

interface ExplainOptions {
  config?: string;
  admin?: string;
  url: string;
  method: string;
  header: [string, string][];
  client: string;
  json?: boolean;
}

export function registerExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('say what the router would do with a request, and why; nothing is forwarded')
    .option('-c, --config <file>', 'configuration file; all servers count as healthy')
    .option(
      '--admin <url>',
      'ask a running router instead, with its live state; its token is taken from NARROWS_TOKEN',
      adminUrl,
    )
    .requiredOption('--url <url>', 'absolute URL of the request', absoluteUrl)
    .option('--method <method>', 'method of the request', httpMethod, 'GET')
    .option('--header <field>', "header of the request, as 'Name: value'; may be repeated", headerField, [])
    .option('--client <address>', 'IP address of the client', ipAddress, '127.0.0.1')
    .option('--json', 'print the explanation as JSON');
  command.action((options: ExplainOptions) => {
    if (options.config === undefined && options.admin === undefined)
      command.error("error: required option '-c, --config <file>' or '--admin <url>' not specified");
    return explain(options);
  });
}

async function explain(options: ExplainOptions): Promise<void> {
  const { url, method, header: headers, client, admin } = options;
  const request: Required<ExplainRequest> = { url, method, headers, client };
  const print = (explanation: Explanation): void => {
    const json = `${JSON.stringify(explanation, null, 2)}\n`;
    process.stdout.write(options.json ? json : formatExplanation(request, explanation));
  };
  if (admin !== undefined) return withAdmin(admin, async (router) => print(await askRouter(router, request)));
  try {
    print(await explainConfig({ file: options.config! }, request, { adminDefault: true }));
  } catch (error) {
    refuse(error);
  }
}

async function askRouter(router: AdminClient, request: ExplainRequest): Promise<Explanation> {
  const { status, body } = await router.ask('POST', '/api/explain', request);
  if (status !== 200) throw new AdminError(`the router answers ${status}: ${JSON.stringify(body)}`);
  return body as Explanation;
}
