// Runs wrk once against one proxy and reads what its script reports.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The shape of a load; how much of it is said when it is driven. */
export interface Load {
  connections: number;
  size: 'small' | 'large';
  heads: 'plain' | 'big';
  connection: 'keep' | 'close';
}

export interface Summary {
  requests: number;
  microseconds: number;
  bytes: number;
  /** Latency in µs. */
  p50: number;
  p99: number;
  badStatus: number;
  badSocket: number;
  timeouts: number;
}

/** The same requests in the same order in every run. */
const SEED = 20261;

/**
 * @param cookies affinity cookies, `name=value`, that this proxy has given out
 * @param delay mean pause in ms of each connection between an answer and the next request; 0 for as fast as it goes
 * @throws Error when wrk fails, or any request did: a figure with errors in it is worth nothing
 */
export async function drive(
  url: string,
  load: Load,
  seconds: number,
  cookies: readonly string[],
  delay = 0,
): Promise<Summary> {
  const script = join(import.meta.dirname, 'requests.lua');
  const shape = [`size=${load.size}`, `heads=${load.heads}`, `connection=${load.connection}`, `seed=${SEED}`];
  const wrk = ['-t1', `-c${load.connections}`, `-d${seconds}s`, '-s', script, url, '--'];
  const { stdout } = await run('wrk', [...wrk, ...shape, `delay=${delay}`, ...cookies.map((c) => `cookie=${c}`)]);
  const line = /^SUMMARY (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk reported nothing: ${stdout}`);
  const summary: Summary = JSON.parse(line);
  if (summary.requests === 0 || summary.badStatus + summary.badSocket + summary.timeouts > 0) {
    throw new Error(`${url}: requests failed: ${line}`);
  }
  return summary;
}
