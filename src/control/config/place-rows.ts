// Finds for each row of a fidelity report the part of the configuration that it speaks of, so that it can be a comment
// there.
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import type { FidelityRow } from '../../model/fidelity-row.ts';

export interface PlacedRows {
  /** By node: where it comes from, then its rows. */
  comments: Map<ConfigNode, string[]>;
  /** Rows that belong to nothing that is in the configuration. */
  others: string[];
}

/** Maps of named things, each of which says where it comes from. */
const NAMED = new Set(['farms', 'sites', 'rewriteMaps', 'listeners', 'preConditions', 'customTags', 'providers']);
/** Lists of such things. */
const LISTED = new Set(['rules', 'locations']);

/** A site of applicationHost.config inherits what stands far below it in the same file: that alone is not said of the site. */
const SITE = 'configuration/system.applicationHost/sites/site[';

/** Only rows that are not exact are placed. */
export function placeRows(root: MapNode, rows: readonly FidelityRow[]): PlacedRows {
  const commentable = collect(root);
  const siteLines = new Set(rows.filter(({ path }) => path.startsWith(SITE)).map(shown));
  const comments = new Map(commentable.map(({ node }) => [node, [`from ${shown(node.place)}`]]));
  const others: string[] = [];
  for (const row of rows.filter(({ verdict }) => verdict !== 'exact')) {
    const inside = commentable.filter(({ node, last }) => {
      const isInLines = node.place.file === row.file && node.place.line <= row.line && row.line <= last;
      return isInLines && (row.path.startsWith(SITE) || !siteLines.has(shown(node.place)));
    });
    const nearest = inside.sort((a, b) => b.node.place.line - a.node.place.line)[0];
    if (nearest) comments.get(nearest.node)!.push(sentence({ ...row, path: shortPath(row.path) }));
    else others.push(` ${row.file}:${row.line}: ${sentence(row)}`);
  }
  return { comments, others };
}

function sentence({ path, verdict, note }: FidelityRow): string {
  return `${verdict}: ${path}${note === '' ? '' : `: ${note}`}`;
}

function shown({ file, line }: Pick<Place, 'file' | 'line'>): string {
  return `${file}:${line}`;
}

/** The part of a path that is not said by where the comment stands: what is below the innermost thing with a name. */
function shortPath(path: string): string {
  const below = path.replace(/^.*\]\//s, '');
  return /([^/[\]]+\[[^\]]*\])$/.exec(below)?.[1] ?? below;
}

interface Commentable {
  node: ConfigNode;
  /** Last line of its file that it takes. */
  last: number;
}

function collect(root: MapNode): Commentable[] {
  const found: Commentable[] = [];
  const visit = (node: ConfigNode, isNamed: boolean, under = ''): void => {
    if (isNamed && node.kind !== 'scalar') found.push({ node, last: lastLine(node, node.place.file) });
    if (node.kind === 'map')
      for (const [key, { node: child }] of node.entries) {
        const named = NAMED.has(key) && child.kind === 'map' ? [...child.entries.values()] : [];
        const isList = LISTED.has(key) || (key === 'list' && under === 'rules');
        const listed = isList && child.kind === 'list' ? child.items : [];
        for (const each of named) visit(each.node, true);
        for (const item of listed) visit(item, item.kind === 'map');
        if (named.length === 0 && listed.length === 0) visit(child, false, key);
      }
    else if (node.kind === 'list') for (const item of node.items) visit(item, false);
  };
  visit(root, false);
  return found;
}

function lastLine(node: ConfigNode, file: string): number {
  const own = node.place.file === file ? node.place.line : 0;
  if (node.kind === 'scalar') return own;
  const children = node.kind === 'list' ? node.items : [...node.entries.values()].map((entry) => entry.node);
  return Math.max(own, ...children.map((child) => lastLine(child, file)));
}
