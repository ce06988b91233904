// The command line of the bench.
import { parseArgs } from 'node:util';
import { type ProxyName, proxyKinds } from './proxies/catalogue.ts';
import { rows } from './rows/row.ts';
import { tlsRows } from './tls/tls-rows.ts';

/** What is measured beside the rows of rows/row.ts. */
const OTHER_ROWS: readonly string[] = [
  'rules',
  'picks',
  'hosts',
  'outbound',
  'memory',
  ...tlsRows.map(({ name }) => name),
  'websocket',
  'websocket-idle',
  'start-up',
  'corpus',
];

export interface Options {
  rounds: number;
  seconds: number;
  rows: readonly string[];
  proxies: readonly ProxyName[];
}

const usage = `npm run bench -- [--rounds N] [--seconds S] [--rows a,b] [--proxies a,b]
  --rounds   interleaved rounds [7]
  --seconds  of load for each proxy in each round [4]
  --rows     ${[...rows.map(({ name }) => name), ...OTHER_ROWS].join(', ')} [all]
  --proxies  ${proxyKinds.map(({ name }) => name).join(', ')} [all]
`;

/** The usage, with what is wrong before it, when that is what the user is to see. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    return parse(args) ?? usage;
  } catch (error) {
    return `${(error as Error).message}\n${usage}`;
  }
}

/** @throws Error with one line that says what is wrong */
function parse(args: readonly string[]): Options | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: text, seconds: text, rows: text, proxies: text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return null;
  const rowNames = [...rows.map(({ name }) => name), ...OTHER_ROWS];
  const proxyNames = proxyKinds.map(({ name }) => name);
  return {
    rounds: positive('rounds', values.rounds ?? '7'),
    seconds: positive('seconds', values.seconds ?? '4'),
    rows: someOf('rows', rowNames, values.rows),
    proxies: someOf('proxies', proxyNames, values.proxies),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: expected a whole number from 1, got ${text}`);
  return value;
}

function someOf<T extends string>(name: string, known: readonly T[], text: string | undefined): readonly T[] {
  if (text === undefined) return known;
  const chosen = text.split(',');
  const unknown = chosen.find((word) => !known.some((one) => one === word));
  if (unknown !== undefined) throw new Error(`--${name}: no '${unknown}'; there are ${known.join(', ')}`);
  return known.filter((one) => chosen.includes(one));
}
