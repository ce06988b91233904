// `narrows check`: everything that is wrong with a configuration, at once.
import type { Command } from 'commander';
import { checkConfig, formatProblem, problemsAsJson } from '../index.ts';

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('say everything that is wrong with a configuration')
    .requiredOption('-c, --config <file>', 'configuration file')
    .option('--json', 'print an array of {file, line, column, severity, message, suggestion}')
    .action(check);
}

async function check({ config, json }: { config: string; json?: boolean }): Promise<void> {
  const problems = await checkConfig({ file: config }, { adminDefault: true });
  const text = json
    ? `${problemsAsJson(problems)}\n`
    : problems.map((problem) => `${formatProblem(problem)}\n`).join('');
  process.stdout.write(text);
  if (problems.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}
