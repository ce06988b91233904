// Results of many explained requests: one a line, for people and as JSON.
import { printable, type ReplayResult } from '../index.ts';
import { outcomeWords } from './outcome-words.ts';
import { styled } from './terminal-text.ts';

type Changed = ReplayResult['requestHeaders'];

/** With its line end; a request that another configuration treats otherwise has a line for each of the two. */
export function formatResult(result: ReplayResult): string {
  const { line, request, outcome, against } = result;
  const asked = `${String(line).padStart(6)}  ${word(result)}${printable(`${request.method} ${request.url}`)}`;
  if (against === undefined) return `${asked}  => ${printable(outcomeWords(outcome) + why(result))}\n`;
  const rows = [
    `here   ${outcomeWords(outcome)}${headerWords(result.requestHeaders)}`,
    `there  ${outcomeWords(against.outcome)}${headerWords(against.requestHeaders)}`,
  ];
  return `${asked}\n${rows.map((row) => `${' '.repeat(8)}${printable(row)}\n`).join('')}`;
}

/** What one line tells besides the outcome. */
function word({ unexpected, judgement }: ReplayResult): string {
  if (unexpected !== undefined) return unexpected === null ? styled('green', 'ok    ') : styled('red', 'FAILS ');
  switch (judgement?.verdict) {
    case undefined:
      return '';
    case 'same':
      return styled('green', 'same       ');
    case 'different':
      return styled('red', 'DIFFERENT  ');
    case 'cannot be judged':
      return styled('yellow', 'unknown    ');
  }
}

function why({ unexpected, judgement }: ReplayResult): string {
  if (typeof unexpected === 'string') return `; ${unexpected}`;
  return judgement === undefined || judgement.why === '' ? '' : `; ${judgement.why}`;
}

function headerWords(changed: Changed): string {
  const all = Object.entries(changed).map(([name, value]) => (value === null ? `no ${name}` : `${name}: ${value}`));
  return all.length === 0 ? '' : ` with ${all.join(', ')}`;
}

/** One object on one line. */
export function resultAsJson(result: ReplayResult): string {
  const { line, request, outcome, requestHeaders, rules, unlogged, unexpected, judgement, against } = result;
  const told = {
    line,
    method: request.method,
    url: request.url,
    outcome,
    requestHeaders,
    rules: rules.map(({ name }) => name),
    ...(unexpected === undefined ? {} : { asExpected: unexpected === null }),
    ...(typeof unexpected === 'string' ? { difference: unexpected } : {}),
    ...(judgement === undefined ? {} : { verdict: judgement.verdict }),
    ...(judgement === undefined || judgement.why === '' ? {} : { why: judgement.why }),
    ...(unlogged.length === 0 ? {} : { notLogged: unlogged.map(({ what }) => what) }),
    ...(against === undefined ? {} : { against }),
  };
  return `${JSON.stringify(told)}\n`;
}
