// Names that no part of a configuration may have: `__proto__` sets an object's prototype where it becomes a key, and
// schemas leave it out without a word. What is called so would be lost.
import type { LocatedProblem } from '../../model/config-error.ts';
import type { ConfigNode } from '../../model/config-node.ts';

export const REFUSED_NAME = '__proto__';
export const NAME_REFUSED = `"${REFUSED_NAME}" cannot be used as a name`;

/** Takes what has such a name out of the tree. @returns an error for each, at the name */
export function refuseNames(root: ConfigNode): LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  const done = new Set<ConfigNode>(); // an alias makes one node stand at several places
  const walk = (node: ConfigNode): void => {
    if (node.kind === 'scalar' || done.has(node)) return;
    done.add(node);
    if (node.kind === 'list') {
      node.items.forEach(walk);
      return;
    }
    const refused = node.entries.get(REFUSED_NAME);
    if (refused) {
      problems.push({ ...refused.keyPlace, severity: 'error', message: NAME_REFUSED });
      node.entries.delete(REFUSED_NAME);
    }
    for (const { node: child } of node.entries.values()) walk(child);
  };
  walk(root);
  return problems;
}
