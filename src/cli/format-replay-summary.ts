// What many explained requests come to, for people and as JSON.
import { printable, type ReplayResult, type ReplaySummary, type RuleTally } from '../index.ts';
import { type Column, formatTable } from './format-table.ts';
import { outcomeWords } from './outcome-words.ts';

const COLUMNS: readonly Column[] = [
  { title: 'RULE', align: 'left' },
  { title: 'REQUESTS', align: 'right' },
  { title: 'SAME', align: 'right' },
  { title: 'DIFFERENT', align: 'right' },
  { title: 'UNKNOWN', align: 'right' },
  { title: 'EXAMPLE', align: 'left' },
];

/** IIS logs it only where cs-host was chosen. */
const HOST_HINT = "  the host can be given: --header 'Host: NAME', or a log in the folder of its site, such as W3SVC1";

/** One line: how many, and how many were not as they were to be. */
export function summaryLine(summary: ReplaySummary, comparesConfigs: boolean): string {
  const { requests, asExpected, notAsExpected, badLines, changed, neverHit } = summary;
  const words = [counted(requests, 'request')];
  if (asExpected + notAsExpected > 0) words.push(`${asExpected} as expected`, `${notAsExpected} not as expected`);
  if (comparesConfigs) words.push(`${changed} with another outcome`);
  if (badLines > 0) words.push(unread(badLines));
  const rules = neverHit.length === 0 ? '' : `; rules never hit: ${neverHit.map(({ name }) => name).join(', ')}`;
  return `${printable(words.join(', ') + rules)}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function unread(lines: number): string {
  return `${counted(lines, 'line')} that cannot be read`;
}

/** What rules read and the lines did not tell, each thing on a line. */
export function unloggedLines({ unlogged }: ReplaySummary): string[] {
  return [...unlogged].map(([what, requests]) =>
    printable(`${what}, was not logged (${counted(requests, 'request')})`),
  );
}

/** Beside what was done: the counts, each rule with an example, what cannot be judged and why, rules never hit. */
export function formatJudged(summary: ReplaySummary): string {
  const { verdicts, judged, reasons, neverHit, hit, badLines } = summary;
  const share = (count: number): string =>
    `${String(count).padStart(8)}  ${((100 * count) / judged).toFixed(1).padStart(5)} %`;
  const lines = [
    '',
    `same             ${share(verdicts.same)}`,
    `different        ${share(verdicts.different)}`,
    `cannot be judged ${share(verdicts['cannot be judged'])}`,
    ...[...reasons].map(([why, requests]) => `  ${requests} because ${why}`),
    ...([...reasons.keys()].some((why) => why.startsWith('header host,')) ? [HOST_HINT] : []),
    ...(badLines === 0 ? [] : [unread(badLines)]),
    '',
    ...formatTable(COLUMNS, hit.map(ruleRow)).trimEnd().split('\n'),
  ];
  if (neverHit.length > 0) lines.push('', 'rules never hit', ...neverHit.map((rule) => `  ${ruleName(rule)}`));
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function ruleRow(tally: RuleTally): string[] {
  const { verdicts, requests, example } = tally;
  return [
    ruleName(tally),
    String(requests),
    ...[verdicts.same, verdicts.different, verdicts['cannot be judged']].map(String),
    example === null ? '' : exampleWords(example),
  ];
}

function exampleWords({ line, request, outcome, judgement }: ReplayResult): string {
  const why = judgement === undefined || judgement.why === '' ? '' : `; ${judgement.why}`;
  return `line ${line}: ${request.method} ${request.url} => ${outcomeWords(outcome)}${why}`;
}

function ruleName({ scope, name }: { scope: string; name: string }): string {
  if (name === '' && scope === '') return '(no rule)';
  return scope === 'global' ? name : `${name} (${scope})`;
}

/** The same as one line of JSON. */
export function summaryAsJson(summary: ReplaySummary): string {
  const { requests, badLines, verdicts, reasons, hit, neverHit } = summary;
  const rules = hit.map(({ scope, name, requests: count, verdicts: each, example }) => ({
    ...(name === '' ? { rule: null } : { rule: name, scope }),
    requests: count,
    ...inCamelCase(each),
    example: example === null ? null : { line: example.line, url: example.request.url, ...example.judgement },
  }));
  const told = { requests, badLines, ...inCamelCase(verdicts), reasons: Object.fromEntries(reasons), rules, neverHit };
  return `${JSON.stringify({ summary: told })}\n`;
}

function inCamelCase(verdicts: ReplaySummary['verdicts']): { same: number; different: number; cannotBeJudged: number } {
  return { same: verdicts.same, different: verdicts.different, cannotBeJudged: verdicts['cannot be judged'] };
}
