// `narrows demo`: a router, three servers to route to, and what to try with them.
import type { Command } from 'commander';
import type { Logger } from '../../index.ts';
import { wholeNumber } from '../option-values.ts';
import { refuse } from '../refusal.ts';
import { startDemo } from './start-demo.ts';
import { whatToTry } from './what-to-try.ts';

const anyPort = wholeNumber(0, 65_535);

interface DemoOptions {
  port: number;
  adminPort: number;
  serverPort: number;
}

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('run a router with three sample servers, and say what to try')
    .option('--port <n>', 'port of the router; 0 takes a free one', anyPort, 8080)
    .option('--admin-port <n>', 'port of the admin API', anyPort, 9400)
    .option('--server-port <n>', 'port of the first server; the others take the next two', anyPort, 9001)
    .action(demo);
}

async function demo({ port, adminPort, serverPort }: DemoOptions): Promise<void> {
  const starting = startDemo({ router: port, admin: adminPort, servers: serverPort }, spokenLogger);
  const stop = (): void => {
    starting
      .then((running) => running.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1), // it did not start, and says why below
      );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    process.stdout.write(whatToTry(await starting, launcher()));
  } catch (error) {
    refuse(withAdvice(error as Error));
  }
}

/** A port in use is what goes wrong here: another one can be taken. */
function withAdvice(error: Error): Error {
  if (!error.message.includes(' is in use ')) return error;
  const advice = ADVICE[error.message.split(' ', 1)[0]!];
  return advice === undefined ? error : new Error(`${error.message} (${advice})`);
}

/** By the first word of the message. */
const ADVICE: Readonly<Record<string, string>> = {
  server: '--server-port N takes others',
  listener: '--port N takes another',
  'admin.address': '--admin-port N takes another',
};

/** In a clone the package is not installed, so its command has a path. */
function launcher(): string {
  return import.meta.url.endsWith('.ts') ? './bin/narrows' : 'narrows';
}

/** Sentences instead of JSON lines: somebody sits in front of it. */
const spokenLogger: Logger = {
  debug() {},
  info: (_facts, message) => void process.stdout.write(`* ${message}\n`),
  warn: (_facts, message) => void process.stdout.write(`* ${message}\n`),
  error: (_facts, message) => void process.stdout.write(`* ${message}\n`),
};
