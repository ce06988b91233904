// An explanation as a story for people: each stage in its order, what it saw and what it decided.
import type { AskedRequest, Explanation } from '../index.ts';
import { formatResponse } from './format-response.ts';
import { conditionWords, formatRules, type RuleStep } from './format-rules.ts';
import { statusCode } from './outcome-words.ts';
import { lineOf, type Style } from './terminal-text.ts';

type Step = Explanation['steps'][number];
type OtherStep = Exclude<Step, RuleStep>;
type StepOf<S extends Step['stage']> = Extract<Step, { stage: S }>;
type Outcome = Explanation['outcome'];

/** Bindings of other sites that are told; --json has more. */
const BINDINGS_TOLD = 5;

/** Lines, each with its line end. Control characters that a request brought along are shown, not written. */
export function formatExplanation(
  request: AskedRequest,
  { untaken, outcome, requestHeaders, response, steps }: Explanation,
): string {
  const blocks = [
    lineOf(['bold', `${request.method} ${request.url}`], ` from ${request.client}`) +
      request.headers.map(([name, value]) => lineOf(`  ${name}: ${value}`)).join(''),
    untaken === undefined ? '' : lineOf(untaken),
    ...storyBlocks(steps),
    headerLines(requestHeaders),
    outcomeLines(outcome),
    response === undefined ? '' : formatResponse(response),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

/** Rules of one list stand together, and so do the stages between two lists. */
function storyBlocks(steps: readonly Step[]): string[] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    if (group !== undefined && listOf(group[0]!) === listOf(step)) group.push(step);
    else groups.push([step]);
  }
  return groups.map((group) => {
    const rules = group.filter((step) => step.stage === 'rule');
    return rules.length > 0 ? formatRules(rules) : group.map((step) => stepLines(step as OtherStep)).join('');
  });
}

function listOf(step: Step): string {
  return step.stage === 'rule' ? `${step.outbound === true ? 'outbound ' : ''}rules of ${step.scope}` : '';
}

function stepLines(step: OtherStep): string {
  switch (step.stage) {
    case 'site':
      return siteLines(step);
    case 'farm':
      return lineOf(['bold', farmWords(step)], `: ${step.reason}`);
    case 'content':
      return lineOf(['bold', step.file === null ? 'content' : `file ${step.file}`], `: ${step.reason}`);
    case 'hostAffinity': {
      const servers = step.servers.length === 0 ? '' : ` on ${step.servers.join(', ')}`;
      return lineOf(['bold', `host ${step.host}`], `${servers}: ${step.reason}`);
    }
    case 'affinity':
      return lineOf(['bold', `affinity ${step.verdict}`], `${to(step.server)}: ${step.reason}`);
    case 'candidates':
      return candidateLines(step);
    case 'pick':
      return lineOf(['bold', `pick ${step.server}`], ` by ${step.algorithm}: ${step.reason}`);
    case 'preCondition':
      return lineOf(
        [step.matched ? 'green' : 'dim', `precondition ${step.name}`],
        `: ${step.conditions.map(conditionWords).join(', ')}: ${step.reason}`,
      );
    case 'upgrade':
      return lineOf(['bold', `upgrade to ${step.asked}`], `: ${step.reason}`);
    case 'httpRedirect':
    case 'redirectToTls':
    case 'errorPage':
      return lineOf(['bold', step.stage], `: ${step.reason}`);
    default: {
      const { stage, reason } = step as { stage: string; reason?: string }; // of a newer router
      return lineOf(['bold', stage], reason === undefined ? '' : `: ${reason}`);
    }
  }
}

function farmWords({ farm, origin }: StepOf<'farm'>): string {
  if (origin !== undefined) return `origin ${origin}`;
  return farm === null ? 'no farm' : `farm ${farm}`;
}

function siteLines({ site, reason, others = [] }: StepOf<'site'>): string {
  const told = others.slice(0, BINDINGS_TOLD);
  const width = Math.max(0, ...told.map((other) => other.binding.length));
  const more = others.length - told.length;
  return (
    lineOf(['bold', site === null ? 'site' : `site ${site}`], `: ${reason}`) +
    told
      .map(({ site: name, binding, reason: why }) => lineOf(`  not ${binding.padEnd(width)}  of ${name}: ${why}`))
      .join('') +
    (more > 0 ? lineOf(`  nor ${more} more`) : '')
  );
}

function candidateLines({ servers }: StepOf<'candidates'>): string {
  const width = Math.max(0, ...servers.map(({ address }) => address.length));
  return servers
    .map((each) => {
      const style: Style = each.in ? 'green' : 'red';
      return lineOf('  ', [style, each.in ? 'in ' : 'out'], `  ${each.address.padEnd(width)}  ${each.reason}`);
    })
    .join('');
}

function to(server: string | undefined): string {
  return server === undefined ? '' : ` to ${server}`;
}

function headerLines(changed: Explanation['requestHeaders']): string {
  const rows = Object.entries(changed).flatMap(([name, value]) =>
    value === null ? [`  ${name} removed`] : [value].flat().map((each) => `  ${name}: ${each}`),
  );
  return rows.length === 0 ? '' : ['headers that rules changed', ...rows].map((row) => lineOf(row)).join('');
}

function outcomeLines(outcome: Outcome): string {
  const [first, ...rest] = outcomeWords(outcome);
  return lineOf(['bold', `=> ${first}`]) + rest.map((line) => lineOf(`   ${line}`)).join('');
}

function outcomeWords(outcome: Outcome): string[] {
  switch (outcome.kind) {
    case 'proxy':
      return [`sent to ${destination(outcome)}`, `as ${outcome.url}`, ...tlsLines(outcome.tls)];
    case 'static':
      return [`served from ${outcome.file}`, `as ${outcome.url}`];
    case 'rewrite':
      return [`stays here as ${outcome.url}, which nothing serves: 404`];
    case 'redirect':
      return [`redirected with ${outcome.status} to ${outcome.location}`];
    case 'customResponse':
      return [`answered here: ${statusCode(outcome)} ${outcome.reason}`, ...outcome.description.split('\n')];
    case 'abort':
      return ['the connection is dropped'];
    case 'none':
      return ['404: no rule sent it to a farm, and no site serves it'];
    case 'error':
      return [`refused: ${statusCode(outcome)} ${outcome.code}`, outcome.reason];
  }
}

function tlsLines(tls: Extract<Outcome, { kind: 'proxy' }>['tls']): string[] {
  return tls === undefined ? [] : [`by TLS to port ${tls.port}, with a certificate of ${tls.name}`];
}

function destination({ farm, server = 'the origin' }: Extract<Outcome, { kind: 'proxy' }>): string {
  return farm === undefined ? server : `${server} of farm ${farm}`;
}
