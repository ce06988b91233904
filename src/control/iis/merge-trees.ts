// Several files of IIS as one configuration: what one of them says is added to what those before it said.
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import type { Report } from './report.ts';

/** Adds `from` to `into`, in place: maps merge, lists append; a value that both give differently is a fault. */
export function mergeTrees(into: MapNode, from: MapNode, report: Report): void {
  for (const [key, entry] of from.entries) {
    const before = into.entries.get(key);
    if (!before) into.entries.set(key, entry);
    else if (before.node.kind === 'map' && entry.node.kind === 'map') mergeTrees(before.node, entry.node, report);
    else if (before.node.kind === 'list' && entry.node.kind === 'list') before.node.items.push(...entry.node.items);
    else if (!sameScalar(before.node, entry.node))
      report.error(
        entry.keyPlace,
        `"${key}" is given twice: also at ${shown(before.keyPlace)}`,
        'import the files one by one',
      );
  }
}

function sameScalar(one: ConfigNode, other: ConfigNode): boolean {
  return one.kind === 'scalar' && other.kind === 'scalar' && String(one.value) === String(other.value);
}

function shown({ file, line }: Place): string {
  return `${file}:${line}`;
}
