// A configuration compiled once, to be asked about many requests.
import { systemClock } from '../base/clock.ts';
import { variablesIn } from '../control/replay/variables-read.ts';
import { existingAffinitySecret } from '../control/state/affinity-secret.ts';
import type { Config, RuleConfig } from '../model/config.ts';
import type { ExplainedRule, Explainer } from '../model/explainer.ts';
import { GLOBAL_SCOPE, ruleScope } from '../model/rule-scope.ts';
import { explainRequest } from './explain.ts';
import { compileForNobody, loadChecked } from './load-checked.ts';
import type { ConfigInput, RouterOptions } from './router-options.ts';

/**
 * What a router with `input` would do with requests (CONTRACT 4), every server being healthy and Active.
 * @throws ConfigError
 */
export async function createExplainer(input: ConfigInput, options: RouterOptions = {}): Promise<Explainer> {
  const clock = options.clock ?? systemClock;
  const checked = await loadChecked(input, { skipHttps: 'silent', ...options }, clock);
  const { config } = checked;
  const secret = existingAffinitySecret(config.stateDirectory) ?? '';
  const snapshot = compileForNobody(checked, clock, [], secret);
  return {
    explain: (request) => explainRequest(snapshot, request, clock),
    rules: rulesOf(config),
    farms: config.farms.map(({ name, servers }) => ({ name, servers: servers.map(({ address }) => address) })),
    loggedHeaders: (config.accessLog?.requestHeaders ?? []).map((name) => name.toLowerCase()),
    hostOfSite: (id, port) => hostOfSite(config, id, port),
    isSecurePort: (port) => isSecurePort(config, port),
  };
}

/** Each once: a level of a site has those of the levels above it too. */
function rulesOf({ rules, sites }: Config): ExplainedRule[] {
  const ofSites = sites.flatMap(({ name: site, levels }) =>
    levels.flatMap((level) => level.rules.list.map((rule) => ({ rule, scope: ruleScope(site, rule.base) }))),
  );
  const all = [...rules.list.map((rule) => ({ rule, scope: GLOBAL_SCOPE })), ...ofSites];
  const once = new Map(
    all
      .filter(({ rule }) => rule.enabled)
      .map(({ rule, scope }) => [`${scope}\0${rule.name}`, { scope, name: rule.name, reads: readsOf(rule) }]),
  );
  return [...once.values()];
}

function hostOfSite({ sites }: Config, id: number, port: number): string | null {
  const named =
    sites.find((site) => site.id === id)?.bindings.filter(({ host }) => host !== '' && !host.startsWith('*')) ?? [];
  return (named.find((binding) => binding.port === port) ?? named[0])?.host ?? null;
}

function readsOf({ action, serverVariables }: RuleConfig): string[] {
  return [action.url, ...serverVariables.map(({ value }) => value)].flatMap(variablesIn);
}

/** Where no listener is open, the port of the scheme counts. */
function isSecurePort({ listeners }: Config, port: number): boolean {
  const listener = listeners.find(({ address }) => address.kind === 'tcp' && address.port === port);
  return listener === undefined ? port === 443 : listener.tls !== null;
}
