// The fidelity table of the manual (docs/coming-from-arr.md), made of the tables that files are read by: it cannot say
// anything else than the reports.
import type { ElementRule, Fate } from './element-rule.ts';
import { webFarms } from './farm-rules.ts';
import { knownSections, otherRootSections, otherSections } from './section-table.ts';
import { sites } from './site-rules.ts';

interface Line {
  /** Elements and attributes that share a fate. */
  names: string[];
  verdict: string;
  note: string;
}

/** Sections that act, each with what in it is not exact; then what is passed over. In Markdown. */
export function fidelityTables(): string {
  const acting = [
    ['webFarms', webFarms],
    ['system.applicationHost/sites', sites],
    ...Object.entries(knownSections).map(([path, { rule }]) => [path, rule]),
  ] as [string, ElementRule][];
  const rows = acting.flatMap(([path, rule]) => sectionRows(path, rule));
  const rest = { ...otherSections, ...otherRootSections };
  const passed = grouped(Object.entries(rest).map(([path, fate]) => [path, fate]));
  return [
    markdownTable(['section', 'element or attribute', 'fidelity', 'what is so here'], rows),
    markdownTable(
      ['other sections', 'fidelity', 'what is so here'],
      passed.map(({ names, verdict, note }) => [names.map(code).join(', '), verdict, note]),
    ),
  ].join('\n');
}

function sectionRows(path: string, rule: ElementRule): string[][] {
  const found = fatesBelow(rule, '');
  const lines = grouped(found.flatMap(([name, fate]) => (fate === null ? [] : [[name, fate] as [string, Fate]])));
  const exact = found.filter(([, fate]) => fate === null).length;
  const others = lines.map(({ names, verdict, note }) => [code(path), names.map(code).join(', '), verdict, note]);
  const rest = lines.length === 0 ? `all ${exact}` : `the other ${exact}`;
  return exact === 0 ? others : [[code(path), rest, 'exact', ''], ...others];
}

/** Every attribute and element below, with its fate; null: exact. */
function fatesBelow(rule: ElementRule, at: string): [string, Fate | null][] {
  if (at !== '' && rule.fate && !rule.fate.carried) return [[at, rule.fate]];
  const below = (name: string): string => (at === '' ? name : `${at}/${name}`);
  const attributes = Object.entries(rule.attributes ?? {}).map(([name, { fate }]): [string, Fate | null] => {
    return [below(`@${name}`), fate ?? null];
  });
  const elements = [...Object.entries(rule.parts ?? {}), ...Object.entries(rule.collection?.items ?? {})];
  return [
    ...attributes,
    ...elements.flatMap(([name, part]) => [...own(below(name), part), ...fatesBelow(part, below(name))]),
  ];
}

/** The element itself; one that is passed over as a whole is told by fatesBelow(). */
function own(name: string, { fate }: ElementRule): [string, Fate | null][] {
  return fate && !fate.carried ? [] : [[name, fate ?? null]];
}

function grouped(list: readonly [string, Fate][]): Line[] {
  const lines = new Map<string, Line>();
  for (const [name, { verdict, note, unless }] of list) {
    const exception = unless === undefined ? '' : `; exact where it is ${unless === '' ? 'empty' : `"${unless}"`}`;
    const key = `${verdict} ${note}${exception}`;
    const line = lines.get(key) ?? { names: [], verdict, note: note + exception };
    line.names.push(name);
    lines.set(key, line);
  }
  return [...lines.values()];
}

function code(text: string): string {
  return `\`${text}\``;
}

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(titles), `|${'---|'.repeat(titles.length)}\n`, ...rows.map(line)].join('');
}
