// npm run bench: Narrows beside its peers, row by row (README.md says how the figures are taken).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from './backend/start-backend.ts';
import { type CorpusResult, sendCorpus } from './corpus/refusals.ts';
import { type HostCost, hostCost } from './hosts/host-cost.ts';
import { hostTable } from './hosts/host-table.ts';
import { startUpTimes } from './measure/start-up.ts';
import { type MemoryFigures, memoryRows, memoryTable } from './memory/memory-rows.ts';
import { type Options, readOptions } from './options.ts';
import { type BodySpeed, bodySpeeds } from './outbound/body-speed.ts';
import { speedTable } from './outbound/speed-table.ts';
import { type PickCost, pickCosts } from './picks/pick-cost.ts';
import { pickTable } from './picks/pick-table.ts';
import { sayMissing } from './proxies/running-proxy.ts';
import { describeMachine } from './report/machine.ts';
import { spread } from './report/statistics.ts';
import { rowTable, targetLines } from './report/table.ts';
import { judge, whyVoid } from './report/verdict.ts';
import { rows } from './rows/row.ts';
import { type Measured, runRow } from './rows/run-row.ts';
import { type RuleCost, ruleCosts } from './rules/rule-cost.ts';
import { ruleTable } from './rules/rule-table.ts';
import { measureTlsRow, tlsRows } from './tls/tls-rows.ts';
import { echoRow, type SilentCost, silentCosts, silentTable } from './websocket/websocket-rows.ts';

const STARTS = 5;
/** Rows that need no server. */
const IN_PROCESS: readonly string[] = ['rules', 'picks', 'hosts', 'outbound'];

const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = (line: string) => void process.stderr.write(`${line}\n`);

async function main(options: Options): Promise<void> {
  const machine = describeMachine();
  print(`${JSON.stringify(machine)}\n`);
  const scratch = mkdtempSync(join(tmpdir(), 'narrows-bench-'));
  const results = new Map<string, Measured[]>();
  let rules: RuleCost[] = [];
  let picks: PickCost[] = [];
  let hosts: HostCost | null = null;
  let outbound: BodySpeed[] = [];
  let memory: MemoryFigures[] = [];
  let silent: SilentCost[] = [];
  let startUp: number[] = [];
  let corpus: CorpusResult | null = null;
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const needsServers = options.rows.some((name) => !IN_PROCESS.includes(name));
  const backend = needsServers ? await startBackend(scratch) : null;
  await measureRows(options, scratch, results);
  if (options.rows.includes('rules')) {
    rules = await ruleCosts(options.rounds);
    print(ruleTable(rules));
  }
  if (options.rows.includes('picks')) {
    picks = pickCosts(options.rounds);
    print(pickTable(picks));
  }
  if (options.rows.includes('hosts')) {
    hosts = hostCost(options.rounds);
    print(hostTable(hosts));
  }
  if (options.rows.includes('outbound')) {
    outbound = await bodySpeeds(options.rounds);
    print(speedTable(outbound));
  }
  if (options.rows.includes('memory')) {
    memory = await memoryRows(options.proxies, scratch);
    print(memoryTable(memory));
  }
  await measureTls(options, scratch, results);
  if (options.rows.includes('websocket')) await measureEchoes(options, scratch, results);
  if (options.rows.includes('websocket-idle')) {
    silent = await silentCosts(options.proxies, scratch);
    print(silentTable(silent));
  }
  if (options.rows.includes('start-up') && options.proxies.includes('narrows')) startUp = await measureStartUp();
  if (options.rows.includes('corpus') && options.proxies.includes('narrows')) corpus = await checkCorpus(scratch);
  await backend?.stop();
  const invalid = whyVoid(results);
  if (invalid !== null) print(`THIS RUN IS VOID: ${invalid}`);
  const file = save({
    machine,
    options,
    void: invalid,
    rows: Object.fromEntries(results),
    rules,
    picks,
    hosts,
    outbound,
    memory,
    silent,
    startUp,
    corpus,
  });
  progress(`every sample: ${file}`);
  if (invalid !== null) process.exitCode = 1;
}

async function measureRows(options: Options, scratch: string, results: Map<string, Measured[]>): Promise<void> {
  for (const row of rows.filter(({ name }) => options.rows.includes(name))) {
    const participants = row.participants.filter(({ proxy }) => options.proxies.includes(proxy));
    const { rounds, seconds } = options;
    const measured = await runRow(row, participants, { rounds, seconds, scratch, say: progress });
    if (measured.length === 0) continue;
    results.set(row.name, measured);
    print(`${rowTable(row.title, measured)}\n${targetLines(judge(row, measured))}`);
  }
}

async function measureTls(options: Options, scratch: string, results: Map<string, Measured[]>): Promise<void> {
  const { rounds, seconds, proxies } = options;
  for (const row of tlsRows.filter(({ name }) => options.rows.includes(name))) {
    const measured = await measureTlsRow(row, proxies, { rounds, seconds, scratch, say: progress });
    if (measured.length === 0) continue;
    results.set(row.name, measured);
    print(`${rowTable(row.title, measured)}\n${targetLines(judge(row, measured))}`);
  }
}

async function measureEchoes(options: Options, scratch: string, results: Map<string, Measured[]>): Promise<void> {
  const { rounds, seconds } = options;
  const measured = await echoRow(options.proxies, { rounds, seconds, scratch, say: progress });
  if (measured.length === 0) return;
  results.set('websocket', measured);
  print(rowTable('A message of 128 bytes there and back over 32 WebSockets: a request is one message', measured));
}

async function measureStartUp(): Promise<number[]> {
  try {
    const times = await startUpTimes(STARTS);
    const { median, min, max } = spread(times);
    print(`### Start\n\nexec to ready: ${median.toFixed(0)} ms (${min.toFixed(0)}–${max.toFixed(0)})\n`);
    return times;
  } catch (error) {
    sayMissing('narrows (start-up)', error);
    return [];
  }
}

async function checkCorpus(scratch: string): Promise<CorpusResult | null> {
  try {
    const result = await sendCorpus(scratch);
    const verdict = `${result.sent - result.faults.length} of ${result.sent} malformed requests refused as they must be`;
    print(`### Corpus\n\n${[verdict, ...result.faults].join('\n')}\n`);
    return result;
  } catch (error) {
    sayMissing('narrows (corpus)', error);
    return null;
  }
}

/** Writes everything that was measured; the folder is not kept in the repository. */
function save(run: unknown): string {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
  return file;
}

// Ends everything that was started: each program is ended when this process exits (measure/program.ts).
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  process.stderr.write(options);
  process.exitCode = 2;
} else {
  // Whatever still runs when this fails is ended with this process (measure/program.ts).
  await main(options).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
