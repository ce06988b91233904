// Finds rewrites whose host a client can choose: with proxy.enabled they make an open proxy (docs/security.md), which must be
// what somebody meant.
import type { RuleConfig } from '../../model/config.ts';
import { FUNCTIONS } from './expressions/functions.ts';
import { ExpressionError, type Node, parseExpression } from './expressions/parse-expression.ts';
import type { RuleProblems } from './rule-problems.ts';

/** Variables that say something of us, not of the client. */
const OURS: ReadonlySet<string> = new Set(['LOCAL_ADDR', 'SERVER_ADDR', 'SERVER_PORT', 'HTTPS', 'INSTANCE_ID']);

export function warnOfOpenProxy(rule: RuleConfig, problems: RuleProblems): void {
  if (rule.action.type !== 'Rewrite') return;
  if (!hostNodes(nodesOf(rule.action.url.trim())).some((node) => isClients(node, rule))) return;
  problems
    .at('action', 'url')
    .warn(
      'the host of the url comes from the request: with proxy.enabled clients choose where it goes',
      'look the host up in a rewrite map, or let only clients of your own reach the listener (docs/security.md)',
    );
}

/** The expressions that the host of `url` is made of. */
function hostNodes(url: readonly Node[]): readonly Node[] {
  const [first, ...rest] = url;
  if (first === undefined) return [];
  // A path never begins with a scheme: its repeated slashes are merged before rules see it.
  if (first.kind !== 'text') return first.kind === 'ruleGroup' ? [] : [first];
  const written = /^https?:\/\/([^/?#]*)(.*)/is.exec(first.text);
  if (written === null ? !/^h[a-z]*:?\/?$/i.test(first.text) : written[2] !== '') return [];
  // Behind a host that is written down only more of it can come: a lint of the configuration says so, for redirects too.
  if (written !== null && !/^$|[:@]$/.test(written[1]!)) return [];
  const end = rest.findIndex((node) => node.kind === 'text' && /[/?#]/.test(node.text));
  return end === -1 ? rest : rest.slice(0, end);
}

/** Whether what `node` gives is the client's choice; what maps and providers give is written down. */
function isClients(node: Node, rule: RuleConfig): boolean {
  switch (node.kind) {
    case 'text':
      return false;
    case 'ruleGroup':
      return true;
    case 'conditionGroup':
      return rule.conditions.add.some(({ input }) => nodesOf(input).some((part) => isClients(part, rule)));
    case 'variable':
      return !OURS.has(node.name.toUpperCase());
    case 'call':
      return FUNCTIONS.has(node.name.toLowerCase()) && node.argument.some((part) => isClients(part, rule));
  }
}

/** None for what is no expression: that is told elsewhere. */
function nodesOf(text: string): readonly Node[] {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}
