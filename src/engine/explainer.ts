// A configuration compiled once, to be asked about many requests.
import { systemClock } from '../base/clock.ts';
import { existingAffinitySecret } from '../control/state/affinity-secret.ts';
import type { Config } from '../model/config.ts';
import type { Explainer, RuleName } from '../model/explainer.ts';
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
    isSecurePort: (port) => isSecurePort(config, port),
  };
}

function rulesOf({ rules }: Config): RuleName[] {
  return rules.list.filter(({ enabled }) => enabled).map(({ name }) => ({ scope: 'global', name }));
}

/** Where no listener is open, the port of the scheme counts. */
function isSecurePort({ listeners }: Config, port: number): boolean {
  const listener = listeners.find(({ address }) => address.kind === 'tcp' && address.port === port);
  return listener === undefined ? port === 443 : listener.tls;
}
