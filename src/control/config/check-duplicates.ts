// Names that must stand once: of rules, of the servers of a farm, of farms whatever their letter case.
import type { ConfigPath } from '../../model/config.ts';
import type { ProblemList } from './problem-list.ts';
import { addressesOf, farmNamesOf, outboundListsOf, ruleListsOf } from './written-lists.ts';

export function checkDuplicates(raw: Record<string, unknown>, problems: ProblemList): void {
  const farms = farmNamesOf(raw);
  for (const { name, first } of repeated(
    farms.map((name) => ({ name, key: name.toLowerCase(), path: ['farms', name] })),
  )) {
    const message = `farms "${first}" and "${name}" differ only in letter case, which does not count`;
    problems.error(['farms', name], message, 'rename one');
  }
  for (const farm of farms) {
    const servers = addressesOf(raw, farm).map(({ path, address }) => ({ name: address, key: address, path }));
    for (const { name, path } of repeated(servers)) {
      const message = `the server ${name} stands twice in farm "${farm}"`;
      problems.error(path, message, 'an address is the identity of a server: remove one');
    }
  }
  for (const list of [...ruleListsOf(raw), ...outboundListsOf(raw)]) {
    const rules = list.flatMap(({ path, rule: { name } }) => {
      return typeof name === 'string' ? [{ name, key: name.toLowerCase(), path: [...path, 'name'] }] : [];
    });
    for (const { name, path } of repeated(rules)) {
      problems.error(path, `a rule called "${name}" stands above already`, 'give each rule its own name');
    }
  }
}

interface Named {
  name: string;
  key: string;
  path: ConfigPath;
}

/** Every item after the first with its key, and the name of that first. */
function repeated(items: readonly Named[]): (Named & { first: string })[] {
  const seen = new Map<string, string>();
  return items.flatMap((item) => {
    const first = seen.get(item.key);
    if (first !== undefined) return [{ ...item, first }];
    seen.set(item.key, item.name);
    return [];
  });
}
