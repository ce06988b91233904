// Settings of TLS to servers that promise more than they can do, or less than one thinks.
import type { Config, ConfigPath } from '../../model/config.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import type { ServerTlsConfig } from '../../model/server-tls.ts';
import type { ProblemList } from './problem-list.ts';
import { isMap, rulesOf } from './written-lists.ts';

type Raw = Record<string, unknown>;

/** @param mayBeMore an extension may send requests anywhere */
export function checkServerTls(config: Config, raw: Raw, mayBeMore: boolean, problems: ProblemList): void {
  warnOfStrangers(config.proxy.tls, ['proxy', 'tls'], problems);
  const reached = mayBeMore ? null : farmsByHttps(raw);
  for (const farm of config.farms) {
    const path = ['farms', farm.name, 'protocol'];
    warnOfStrangers(farm.protocol.tls, [...path, 'tls'], problems);
    if (reached === null || reached.has(farm.name.toLowerCase()) || isTestedByHttps(farm)) continue;
    const written = writtenProtocol(raw, farm.name);
    const key = ['tls', 'clientCertFileName'].find((each) => written[each] !== undefined && written[each] !== '');
    if (key === undefined) continue;
    const message = `${key} has no effect: no rule sends requests to https://${farm.name}, and no health test goes by https`;
    problems.warning([...path, key], message, `write https://${farm.name}/… in the action of the rule`);
  }
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

/** Names of farms, in lower case, that rules send requests to by https; null: any, since the names are known only when requests come. */
function farmsByHttps(raw: Raw): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const { rule } of rulesOf(raw)) {
    const { type, url } = isMap(rule.action) ? rule.action : {};
    if (String(type).toLowerCase() !== 'rewrite' || typeof url !== 'string') continue;
    const host = /^https:\/\/([^/?#]*)/i.exec(url.trim())?.[1];
    if (url.trim().startsWith('{') || host?.includes('{')) return null;
    if (host !== undefined) names.add(host.toLowerCase());
  }
  return names;
}

function isTestedByHttps({ healthCheck, servers }: FarmConfig): boolean {
  return [healthCheck, ...servers.map((server) => server.healthCheck)].some(({ url }) => /^https:/i.test(url ?? ''));
}

function writtenProtocol(raw: Raw, farm: string): Raw {
  const written = isMap(raw.farms) ? raw.farms[farm] : undefined;
  return isMap(written) && isMap(written.protocol) ? written.protocol : {};
}
