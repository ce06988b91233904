// `narrows check`: everything that is wrong with a configuration, at once.
import type { Command } from 'commander';
import { checkConfig, formatProblem, problemsAsJson } from '../index.ts';
import { type IisCommandOptions, iisOptions, withIisOptions } from './iis-options.ts';

export function registerCheck(program: Command): void {
  const command = program
    .command('check')
    .description('say everything that is wrong with a configuration')
    .requiredOption('-c, --config <file>', 'configuration file');
  withIisOptions(command)
    .option('--json', 'print an array of {file, line, column, severity, message, suggestion}')
    .action(check);
}

interface CheckOptions extends IisCommandOptions {
  config: string;
  json?: boolean;
}

async function check({ config, json, ...iis }: CheckOptions): Promise<void> {
  const problems = await checkConfig({ file: config }, { adminDefault: true, ...iisOptions(iis) });
  const text = json
    ? `${problemsAsJson(problems)}\n`
    : problems.map((problem) => `${formatProblem(problem)}\n`).join('');
  process.stdout.write(text);
  if (problems.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}
