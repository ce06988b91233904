// `narrows run`: a router as a process. stdout says where it listens, then `ready`; everything else goes to stderr.
import type { Command } from 'commander';
import { createLogger, createRouter, type Logger, type Router } from '../index.ts';
import { type IisCommandOptions, iisOptions, withIisOptions } from './iis-options.ts';
import { listenAddress, wholeNumber } from './option-values.ts';
import { refuse } from './refusal.ts';

const MOST_WORKERS = 256;

interface RunOptions extends IisCommandOptions {
  config: string;
  listen: string[];
  workers?: number;
}

export function registerRun(program: Command): void {
  const command = program
    .command('run')
    .description('run a router')
    .requiredOption('-c, --config <file>', 'configuration file: YAML, applicationHost.config or web.config');
  withIisOptions(command)
    .option(
      '--listen <address>',
      'replace the addresses of listeners: ADDRESS, http=ADDRESS or https=ADDRESS; may be repeated',
      listenAddress,
      [],
    )
    .option('--workers <n>', 'worker threads; 0 runs everything in one', wholeNumber(0, MOST_WORKERS))
    .action(run);
}

async function run({ config, listen, workers, ...iis }: RunOptions): Promise<void> {
  const logger = await createLogger();
  const override = workers === undefined ? {} : { workers };
  const router = createRouter(
    { file: config },
    { logger, listen, adminDefault: true, ...iisOptions(iis), ...override },
  );
  const started = router.start();
  handleSignals(router, started, logger);
  try {
    const { listeners } = await started;
    const lines = listeners.map(({ name, url }) => `listening ${name} ${url}\n`);
    process.stdout.write(`${lines.join('')}ready\n`);
  } catch (error) {
    refuse(error);
  }
}

/** A signal that comes before the router is ready waits for that: none ends a router that has clients already. */
function handleSignals(router: Router, started: Promise<unknown>, logger: Logger): void {
  const whenStarted = (act: () => Promise<void>, event: string, failure: string): void => {
    started.then(act).catch((error: unknown) => logger.error({ event, error }, failure));
  };
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1); // the second signal (CONTRACT 1)
    stopping = true;
    started
      .then(() => router.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ event: 'stop-failed', error }, 'the router did not stop in order');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => void started.then(() => router.reload()).catch(() => {})); // it is logged
  process.on('SIGUSR2', () => whenStarted(() => router.reopenLogs(), 'reopen-failed', 'log files were not reopened'));
}
