// An explanation as a story for people: each stage in its order, what it saw and what it decided.
import type { ExplainRequest, Explanation } from '../index.ts';
import { statusCode } from './outcome-words.ts';
import { printable } from './terminal-text.ts';

type Step = Explanation['steps'][number];
type StepOf<S extends Step['stage']> = Extract<Step, { stage: S }>;
type Outcome = Explanation['outcome'];

/** Lines, each with its line end. Control characters that a request brought along are shown, not written. */
export function formatExplanation(
  request: Required<ExplainRequest>,
  { outcome, requestHeaders, steps }: Explanation,
): string {
  const lines = [
    `${request.method} ${request.url} from ${request.client}`,
    ...request.headers.map(([name, value]) => `  ${name}: ${value}`),
    '',
    ...steps.flatMap(stepLines),
    ...headerLines(requestHeaders),
    ...outcomeLines(outcome),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function stepLines(step: Step): string[] {
  switch (step.stage) {
    case 'site':
      return [`${step.site === null ? 'no site' : `site ${step.site}`}: ${step.reason}`, ''];
    case 'rule':
      return [...ruleLines(step), ''];
    case 'content':
      return [`file ${step.file ?? 'none'} for ${step.path}: ${step.reason}`, ''];
    case 'farm':
      return step.farm === null ? [`no farm: ${step.reason}`, ''] : [`farm ${step.farm}: ${step.reason}`, ''];
    case 'affinity':
      return [affinityLine(step), ''];
    case 'candidates':
      return ['candidates', ...step.servers.map(candidateLine), ''];
    case 'pick':
      return [`pick ${step.server} by ${step.algorithm}: ${step.reason}`, ''];
  }
}

function ruleLines({ name, scope, input, matched, negate, captures, conditions, reason }: StepOf<'rule'>): string[] {
  return [
    `rule ${quote(name)} (${scope})${negate ? ', negated' : ''}`,
    `  saw        ${quote(input)}`,
    ...conditions.map(conditionLine),
    ...(matched && captures.length > 0 ? [`  captured   ${capturesText(captures)}`] : []),
    `  ${matched ? 'MATCHED ' : 'no match'}   ${reason}`,
  ];
}

function conditionLine({ input, value, pattern, matched }: StepOf<'rule'>['conditions'][number]): string {
  const shown = input === value ? quote(value) : `${input} is ${quote(value)}`;
  return `  condition  ${shown}, pattern ${pattern}: ${matched ? 'holds' : 'does not hold'}`;
}

function capturesText(captures: readonly string[]): string {
  return captures.map((text, group) => `{R:${group}} = ${quote(text)}`).join(', ');
}

function affinityLine({ verdict, server, reason }: StepOf<'affinity'>): string {
  return `affinity ${verdict}${server === undefined ? '' : ` to ${server}`}: ${reason}`;
}

function candidateLine(server: StepOf<'candidates'>['servers'][number]): string {
  return `  ${server.in ? 'in ' : 'out'}  ${server.address}  ${server.reason}`;
}

function headerLines(changed: Explanation['requestHeaders']): string[] {
  const rows = Object.entries(changed).map(([name, value]) =>
    value === null ? `  ${name} removed` : `  ${name}: ${value}`,
  );
  return rows.length === 0 ? [] : ['headers that rules changed', ...rows, ''];
}

function outcomeLines(outcome: Outcome): string[] {
  switch (outcome.kind) {
    case 'proxy':
      return [`=> sent to ${destination(outcome)}`, `   as ${outcome.url}`];
    case 'static':
      return [`=> served from ${outcome.file}`, `   as ${outcome.url}`];
    case 'rewrite':
      return [`=> stays here as ${outcome.url}; no site serves it`];
    case 'redirect':
      return [`=> redirected with ${outcome.status} to ${outcome.location}`];
    case 'customResponse':
      return [
        `=> answered here: ${statusCode(outcome)} ${outcome.reason}`,
        ...outcome.description.split('\n').map(indent),
      ];
    case 'abort':
      return ['=> the connection is dropped'];
    case 'none':
      return ['=> 404: no rule sent it to a farm, and there is no site'];
    case 'error':
      return [`=> refused: ${statusCode(outcome)} ${outcome.code}`, indent(outcome.reason)];
  }
}

function destination({ farm, server = 'the origin' }: Extract<Outcome, { kind: 'proxy' }>): string {
  return farm === undefined ? server : `${server} of farm ${farm}`;
}

function indent(text: string): string {
  return `   ${text}`;
}

function quote(text: string): string {
  return `"${text}"`;
}
