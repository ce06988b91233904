// `narrows run`: a router as a process. stdout says where it listens, then `ready`; everything else goes to stderr.
import type { Command } from 'commander';
import { ConfigError, createLogger, createRouter, formatProblem, type Logger, type Router } from '../index.ts';

interface RunOptions {
  config: string;
  listen: string[];
  workers?: string;
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a router')
    .requiredOption('-c, --config <file>', 'configuration file')
    .option(
      '--listen <address>',
      'replace the addresses of listeners: ADDRESS, http=ADDRESS or https=ADDRESS',
      collect,
      [],
    )
    .option('--workers <n>', 'worker threads')
    .action(run);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run({ config, listen, workers }: RunOptions): Promise<void> {
  const logger = await createLogger();
  const router = createRouter(
    { file: config },
    { logger, listen, adminDefault: true, ...(workers === undefined ? {} : { workers: Number(workers) }) },
  );
  try {
    const { listeners } = await router.start();
    handleSignals(router, logger);
    const lines = listeners.map(({ name, url }) => `listening ${name} ${url}\n`);
    process.stdout.write(`${lines.join('')}ready\n`);
  } catch (error) {
    refuse(error);
  }
}

/** One line for each fault, and exit 1. */
function refuse(error: unknown): void {
  if (error instanceof ConfigError)
    process.stderr.write(error.errors.map((problem) => `${formatProblem(problem)}\n`).join(''));
  else process.stderr.write(`narrows: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function handleSignals(router: Router, logger: Logger): void {
  const stop = (): void => {
    process.once('SIGTERM', () => process.exit(1));
    process.once('SIGINT', () => process.exit(1));
    router.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ event: 'stop-failed', error }, 'the router did not stop in order');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('SIGHUP', () => void router.reload().catch(() => {})); // it is logged
  process.on('SIGUSR2', () => void router.reopenLogs());
}
