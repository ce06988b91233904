// `narrows explain --file`: what the router would do with each request of a list, or of a log.
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createExplainer, type Explainer, printable, Replay } from '../index.ts';
import { withAdmin } from './admin-command.ts';
import { adminExplainer } from './admin-explainer.ts';
import { formatResult, resultAsJson } from './format-replay.ts';
import { formatJudged, summaryAsJson, summaryLine, unloggedLines } from './format-replay-summary.ts';
import { type IisCommandOptions, iisOptions } from './iis-options.ts';
import { Output } from './output.ts';
import { refuse } from './refusal.ts';

export interface ListOptions extends IisCommandOptions {
  config?: string;
  admin?: string;
  file: string;
  against?: string;
  header: [string, string][];
  json?: boolean;
}

/** Exit code 1 when a line cannot be read, or anything is not as it was to be. */
export async function explainList(options: ListOptions): Promise<void> {
  try {
    if (options.admin === undefined) await replay(options, await explainerOf(options.config!, options));
    else await withAdmin(options.admin, async (router) => replay(options, await adminExplainer(router)));
  } catch (error) {
    refuse(error);
  }
}

function explainerOf(file: string, options: IisCommandOptions): Promise<Explainer> {
  return createExplainer({ file }, { adminDefault: true, ...iisOptions(options) });
}

async function replay(options: ListOptions, explainer: Explainer): Promise<void> {
  const against = options.against === undefined ? null : await explainerOf(options.against, options);
  const run = new Replay(explainer, { against, headers: options.header, siteId: siteOf(options.file) });
  const output = new Output(process.stdout);
  for await (const told of run.run(bytesOf(options.file))) {
    if ('fault' in told) process.stderr.write(`${printable(`${options.file}:${told.line}: ${told.fault}`)}\n`);
    else if (!(await output.write(options.json ? resultAsJson(told) : formatResult(told)))) return;
  }
  const { summary } = run;
  if (summary.hasDifferences) process.exitCode = 1;
  if (against !== null || summary.judged === 0) {
    await output.end();
    if (!options.json) process.stderr.write(summaryLine(summary, against !== null));
    for (const line of unloggedLines(summary)) process.stderr.write(`narrows: ${line}\n`);
    return;
  }
  await output.write(options.json ? summaryAsJson(summary) : formatJudged(summary));
  await output.end();
}

/** IIS writes the logs of a site into a folder of its own. */
function siteOf(file: string): number | null {
  const id = /(?:^|[\\/])W3SVC(\d+)[\\/][^\\/]*$/i.exec(resolve(file))?.[1];
  return id === undefined ? null : Number(id);
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`);
  }
}
