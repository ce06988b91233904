// What no section can see alone: references between sections, and combinations that surely are not meant.
import { statSync } from 'node:fs';
import { formatByteSize } from '../../base/byte-size.ts';
import { closestWord } from '../../base/closest-word.ts';
import { shown } from '../../base/setting.ts';
import type { Config, ConfigPath, ConfigProblem } from '../../model/config.ts';
import { isBrokenIPv4 } from '../../model/listen-address.ts';
import { balancingMethods, methodCalled } from '../../model/load-balancing.ts';
import { checkAccess } from './check-access.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkHttpsBindings } from './check-https-bindings.ts';
import { checkServerTls } from './check-server-tls.ts';
import { checkVirtualServers, farmsOfVirtualServers } from './check-virtual-servers.ts';
import { warnOfIdleSettings } from './idle-settings.ts';
import { lintRules } from './lint/lint-rules.ts';
import type { ProblemList } from './problem-list.ts';
import { lostTargets } from './rule-targets.ts';
import { farmNamesOf, isMap, rulesOf } from './written-lists.ts';

type Raw = Record<string, unknown>;

/** Memory for held-back responses from which on `check` names the product (DESIGN 5). */
const MUCH_MEMORY = 1024 ** 3;

/** What the modules of `extensions` bring. */
export interface FoundExtensions {
  /** Names that loadBalancing.algorithm may have beside ours. */
  algorithms: readonly string[];
  /** Whether any of them may choose a farm. */
  haveStages: boolean;
  /** What is wrong with the modules. */
  problems: readonly ConfigProblem[];
}

/**
 * @param raw the configuration as written: it holds also what the schemas refused
 * @param isOfIis whether a setting stands in a file of IIS
 */
export function crossCheck(
  config: Config,
  raw: Raw,
  extensions: FoundExtensions,
  problems: ProblemList,
  isOfIis: (path: ConfigPath) => boolean,
): void {
  // A module that is at fault may have brought the name.
  if (extensions.problems.length === 0) checkAlgorithms(raw, extensions.algorithms, problems);
  checkDuplicates(raw, problems);
  if (config.proxy.enabled) warnOfNearFarms(raw, hostsOfOurs(config), problems);
  else checkRuleTargets(raw, hostsOfOurs(config), problems, isOfIis);
  checkVirtualServers(config, farmNamesOf(raw), problems);
  warnOfUselessFarms(config, raw, extensions, problems);
  warnOfIdleSettings(config, raw, problems, isOfIis);
  checkPages(config, problems);
  warnOfBuffers(config, problems);
  warnOfRetries(config, problems);
  lintRules(config, problems);
  checkServerTls(config, raw, extensions.haveStages, problems);
  checkHttpsBindings(config, problems, isOfIis);
  checkAccess(config, problems);
}

function checkRuleTargets(
  raw: Raw,
  ours: Set<string>,
  problems: ProblemList,
  isOfIis: (path: ConfigPath) => boolean,
): void {
  for (const { host, path } of lostTargets(raw, ours)) {
    const near = closestWord(host, farmNamesOf(raw));
    const suggestion = near ? `did you mean "${near}"?` : 'add the farm, or set proxy.enabled: true to allow any host';
    const at = [...path, 'action', 'url'];
    // IIS finds out when a request comes, and answers 404: a file that it has run with is no reason to refuse all of it.
    if (isOfIis(at))
      problems.warning(at, `there is no farm "${host}", and the proxy is off: 404 is answered`, suggestion);
    else problems.error(at, `there is no farm "${host}"`, suggestion);
  }
}

/** With the proxy on any host will do, and the mistyped name of a farm is found out only by the requests that fail. */
function warnOfNearFarms(raw: Raw, ours: Set<string>, problems: ProblemList): void {
  for (const { host, path } of lostTargets(raw, ours)) {
    if (isBrokenIPv4(host))
      problems.warning([...path, 'action', 'url'], `"${host}" is not an IPv4 address: no request gets there`);
    const near = host.includes('.') ? null : closestWord(host, farmNamesOf(raw));
    const message = `there is no farm "${host}": the proxy is on, and a host of this name is asked`;
    if (near) problems.warning([...path, 'action', 'url'], message, `did you mean "${near}"?`);
  }
}

/** Names under which a rewrite stays local (CONTRACT 3). */
function hostsOfOurs(config: Config): Set<string> {
  const hosts = config.sites.flatMap((site) => site.bindings.map(({ host }) => host));
  for (const { address } of config.listeners) if (address.kind === 'tcp') hosts.push(address.host);
  return new Set(hosts.filter((host) => host !== '').map((host) => host.toLowerCase()));
}

/** A method is one of ours, or one that an extension brings. */
function checkAlgorithms(raw: Raw, brought: readonly string[], problems: ProblemList): void {
  const known = [...balancingMethods, ...brought];
  for (const name of farmNamesOf(raw)) {
    const farm = (raw.farms as Raw)[name];
    const { algorithm } = isMap(farm) && isMap(farm.loadBalancing) ? farm.loadBalancing : {};
    if (typeof algorithm !== 'string') continue;
    if (known.some((each) => each.toLowerCase() === algorithm.toLowerCase())) continue;
    const meant = methodCalled(algorithm);
    const near = meant?.method ?? closestWord(algorithm, known);
    const setting = meant?.setting === undefined ? '' : `, with ${meant.setting}`;
    const all = `expected ${known.join(', ')}`;
    problems.error(
      ['farms', name, 'loadBalancing', 'algorithm'],
      `farms.${name}.loadBalancing.algorithm: ${shown(algorithm)} is not known here`,
      near ? `did you mean "${near}"${setting}? (${all})` : all,
    );
  }
}

function warnOfUselessFarms(config: Config, raw: Raw, extensions: FoundExtensions, problems: ProblemList): void {
  const ofConnections = farmsOfVirtualServers(config);
  const ofRequests = farmNamesOf(raw).filter((name) => !ofConnections.has(name.toLowerCase()));
  if (farmNamesOf(raw).length > 1 && ofRequests.length > 0 && rulesOf(raw).length === 0 && !extensions.haveStages) {
    const message = 'there are several farms and no rules: no request reaches any of them';
    problems.warning(['farms'], message, 'add rules that choose a farm');
  }
  for (const { name, servers, serversFrom } of config.farms) {
    if (servers.some((server) => server.enabled) || serversFrom.length > 0) continue;
    problems.warning(['farms', name], `farm "${name}" has no enabled server: its requests are answered with 502.4`);
  }
}

/** A page that is not there would be noticed only when it is needed most. */
function checkPages(config: Config, problems: ProblemList): void {
  for (const { name, maintenancePage, errorPages } of config.farms) {
    if (maintenancePage !== null) checkPage(maintenancePage, ['farms', name, 'maintenancePage'], problems);
    for (const { status, subStatus, page } of errorPages) {
      const key = subStatus === null ? `${status}` : `${status}.${subStatus}`;
      if (page.kind === 'file') checkPage(page.path, ['farms', name, 'errorPages', key], problems);
    }
  }
}

function checkPage(file: string, path: ConfigPath, problems: ProblemList): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile()) return;
  problems.error(path, `there is no file ${file}`, 'paths are relative to the file that names them');
}

/** Settings of retries that promise more than they can do. */
function warnOfRetries(config: Config, problems: ProblemList): void {
  for (const { name, protocol, retry } of config.farms) {
    const { on, perTryTimeout, bodyFile } = retry;
    if (on.includes('timeout') && (perTryTimeout === 0 || perTryTimeout >= protocol.timeout)) {
      const message = 'timeout has no effect: the first attempt may take all of protocol.timeout';
      problems.warning(['farms', name, 'retry', 'on'], message, 'set perTryTimeout to less than that');
    }
    if (bodyFile > 0 && config.stateDirectory === null) {
      const message = 'no body is kept in a file: there is no stateDirectory';
      problems.warning(['farms', name, 'retry', 'bodyFile'], message, 'set stateDirectory');
    }
  }
}

function warnOfBuffers(config: Config, problems: ProblemList): void {
  const { connections } = config.limits;
  for (const { name, protocol } of config.farms) {
    const total = protocol.minResponseBuffer * connections;
    if (total < MUCH_MEMORY) continue;
    const product = `${formatByteSize(protocol.minResponseBuffer)} × ${connections} connections`;
    const message = `held-back responses may take ${(total / 1024 ** 3).toFixed(1)} GB (${product})`;
    problems.warning(['farms', name, 'protocol', 'minResponseBuffer'], message, 'lower it, or limits.connections');
  }
}
