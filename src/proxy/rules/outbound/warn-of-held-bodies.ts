// Rules for whole bodies hold them in memory: check says how much that may come to (DESIGN 5).
import { formatByteSize } from '../../../base/byte-size.ts';
import type { Config, ConfigProblem } from '../../../model/config.ts';
import type { OutboundRuleConfig, OutboundRulesConfig } from '../../../model/outbound-config.ts';
import { WINDOW } from './pattern-rewriter.ts';

/** Bytes from which on the product is named. */
const MUCH_MEMORY = 1024 ** 3;

export function warnOfHeldBodies(config: Config, problems: ConfigProblem[]): void {
  const levels = config.sites.flatMap((site) => site.levels.map(({ outboundRules }) => outboundRules));
  const holding = [config.outboundRules, ...levels].map(holdingRules);
  const most = holding.reduce((longest, rules) => (rules.length > longest.length ? rules : longest), []);
  const { connections } = config.limits;
  const total = WINDOW * most.length * connections;
  if (total < MUCH_MEMORY) return;
  const rules = most.length === 1 ? '' : ` × ${most.length} rules`;
  problems.push({
    path: most[0]!.path,
    severity: 'warning',
    message: `bodies that wait for rules may take ${(total / 1024 ** 3).toFixed(1)} GB (${formatByteSize(WINDOW)}${rules} × ${connections} connections)`,
    suggestion: 'use filterByTags where it is addresses that change, or lower limits.connections',
  });
}

/** Those that need all of a body. */
function holdingRules({ rules }: OutboundRulesConfig): OutboundRuleConfig[] {
  return rules.filter(({ enabled, match }) => {
    if (!enabled || match === null || match.serverVariable !== '') return false;
    return match.filterByTags.every((tag) => tag === 'None');
  });
}
