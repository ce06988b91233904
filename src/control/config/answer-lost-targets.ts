// Rules of IIS files that send requests to nobody: IIS answers those with 404, while YAML may not say such a thing. The
// rule that is written answers 404 too.
import { type ConfigNode, type MapNode, plainValue } from '../../model/config-node.ts';
import type { FidelityRow } from '../../model/fidelity-row.ts';
import { lostTargets } from './rule-targets.ts';
import { isMap } from './written-lists.ts';

/** Changes the rules in `root`, in place. @returns a row for each */
export function answerLostTargets(root: MapNode): FidelityRow[] {
  const raw = plainValue(root) as Record<string, unknown>;
  if (isMap(raw.proxy) && String(raw.proxy.enabled).toLowerCase() === 'true') return [];
  return lostTargets(raw, hostsOfBindings(raw)).flatMap(({ host, path }) => {
    const rule = ruleAt(root, path);
    const action = rule?.entries.get('action')?.node;
    if (action?.kind !== 'map') return [];
    const url = action.entries.get('url')!;
    for (const key of ['url', 'appendQueryString', 'logRewrittenUrl']) action.entries.delete(key);
    const settings = { type: 'CustomResponse', statusCode: 404, statusReason: 'Not Found' };
    for (const [key, value] of Object.entries(settings))
      action.entries.set(key, { keyPlace: url.keyPlace, node: { kind: 'scalar', place: url.keyPlace, value } });
    const written = url.node.kind === 'scalar' ? String(url.node.value) : '';
    const note = `there is no farm ${host}, and the proxy is off: IIS answers 404, and so does the rule. With proxy.enabled it would be { type: Rewrite, url: "${written}" }`;
    return [{ file: url.keyPlace.file, line: url.keyPlace.line, path: 'action/@url', verdict: 'approximated', note }];
  });
}

/** A list may stand in place of `{ list: […] }`. */
function ruleAt(root: MapNode, path: readonly (string | number)[]): MapNode | null {
  let node: ConfigNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.node;
    else if (node?.kind === 'list' && typeof step === 'number') node = node.items[step];
  }
  return node?.kind === 'map' ? node : null;
}

/** Names under which a rewrite stays here. */
function hostsOfBindings(raw: Record<string, unknown>): Set<string> {
  const sites = isMap(raw.sites) ? Object.values(raw.sites) : [];
  const bindings = sites.flatMap((site) => (isMap(site) && Array.isArray(site.bindings) ? site.bindings : []));
  return new Set(bindings.map((binding) => String(binding).split(':').at(-1)!.toLowerCase()));
}
