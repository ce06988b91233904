// Where rules send requests that nobody takes: to a host that is neither a farm nor ours, while the proxy is off.
import type { ConfigPath } from '../../model/config.ts';
import { farmNamesOf, isMap, rulesOf } from './written-lists.ts';

export interface LostTarget {
  host: string;
  /** Of the rule. */
  path: ConfigPath;
}

/**
 * A rewrite to a host that is neither a farm nor ours needs the proxy (url-rewrite.md 13).
 * @param raw the configuration as written
 * @param ours names under which a rewrite stays local, in lower case
 */
export function lostTargets(raw: Record<string, unknown>, ours: ReadonlySet<string>): LostTarget[] {
  const farms = new Set(farmNamesOf(raw).map((name) => name.toLowerCase()));
  return rulesOf(raw).flatMap(({ path, rule }) => {
    const { type, url } = isMap(rule.action) ? rule.action : {};
    if (String(type).toLowerCase() !== 'rewrite' || typeof url !== 'string') return [];
    // A host with a back-reference or a variable in it is known only when a request comes.
    const host = /^https?:\/\/([^/?#{}:]+)(?::\d+)?(?:[/?#]|$)/i.exec(url)?.[1];
    if (host === undefined || farms.has(host.toLowerCase()) || ours.has(host.toLowerCase())) return [];
    return [{ host, path }];
  });
}
