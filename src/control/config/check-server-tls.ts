// Settings of TLS to servers that promise more than they can do, or less than one thinks.
import type { Config, ConfigPath } from '../../model/config.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import type { ServerTlsConfig } from '../../model/server-tls.ts';
import type { ProblemList } from './problem-list.ts';
import { isMap, rulesOf } from './written-lists.ts';

type Raw = Record<string, unknown>;

/** Farms that rules send requests to, in lower case. */
interface Targets {
  byHttp: ReadonlySet<string>;
  byHttps: ReadonlySet<string>;
}

/** @param mayBeMore an extension may send requests anywhere */
export function checkServerTls(config: Config, raw: Raw, mayBeMore: boolean, problems: ProblemList): void {
  warnOfStrangers(config.proxy.tls, ['proxy', 'tls'], problems);
  const targets = mayBeMore ? null : targetsOf(raw);
  for (const farm of config.farms) {
    warnOfStrangers(farm.protocol.tls, ['farms', farm.name, 'protocol', 'tls'], problems);
    if (targets === null) continue;
    if (targets.byHttps.has(farm.name.toLowerCase())) warnOfPlainTests(farm, targets, problems);
    else warnOfNoEffect(farm, raw, problems);
  }
}

function warnOfNoEffect(farm: FarmConfig, raw: Raw, problems: ProblemList): void {
  if (isTestedByHttps(farm)) return;
  const written = writtenProtocol(raw, farm.name);
  const key = ['tls', 'clientCertFileName'].find((each) => written[each] !== undefined && written[each] !== '');
  if (key === undefined) return;
  const message = `${key} has no effect: no rule sends requests to https://${farm.name}, and no health test goes by https`;
  const suggestion = `write https://${farm.name}/… in the action of the rule`;
  problems.warning(['farms', farm.name, 'protocol', key], message, suggestion);
}

/** A path is fetched by http, and `host:port` is the port of both schemes: such a test never passes. */
function warnOfPlainTests({ name, healthCheck, servers }: FarmConfig, targets: Targets, problems: ProblemList): void {
  if (targets.byHttp.has(name.toLowerCase()) || !healthCheck.url.startsWith('/')) return;
  const server = servers.find(({ httpPort, httpsPort }) => httpPort === httpsPort);
  if (server === undefined) return;
  const message = `the test goes by http to port ${server.httpPort} of ${server.address}, where requests go by https`;
  const suggestion = `write an absolute URL, such as https://${name}${healthCheck.url}`;
  problems.warning(['farms', name, 'healthCheck', 'url'], message, suggestion);
}

function warnOfStrangers(
  { ignoreUnknownCa, publicKeys }: ServerTlsConfig,
  path: ConfigPath,
  problems: ProblemList,
): void {
  if (!ignoreUnknownCa || publicKeys.length > 0) return;
  const message = 'whoever answers is taken for the server: any certificate will do';
  problems.warning([...path, 'ignoreUnknownCa'], message, 'name the authority in ca, or the keys in publicKeys');
}

/** Null: the names of some are known only when requests come. */
function targetsOf(raw: Raw): Targets | null {
  const byHttp = new Set<string>();
  const byHttps = new Set<string>();
  for (const { rule } of rulesOf(raw)) {
    const { type, url } = isMap(rule.action) ? rule.action : {};
    if (String(type).toLowerCase() !== 'rewrite' || typeof url !== 'string') continue;
    const [, scheme, host = ''] = /^(https?):\/\/([^/?#]*)/i.exec(url.trim()) ?? [];
    if (url.trim().startsWith('{') || host.includes('{')) return null;
    if (scheme !== undefined) (scheme.toLowerCase() === 'https' ? byHttps : byHttp).add(host.toLowerCase());
  }
  return { byHttp, byHttps };
}

function isTestedByHttps({ healthCheck, servers }: FarmConfig): boolean {
  return [healthCheck, ...servers.map((server) => server.healthCheck)].some(({ url }) => /^https:/i.test(url ?? ''));
}

function writtenProtocol(raw: Raw, farm: string): Raw {
  const written = isMap(raw.farms) ? raw.farms[farm] : undefined;
  return isMap(written) && isMap(written.protocol) ? written.protocol : {};
}
