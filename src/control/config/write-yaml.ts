// A configuration as a tree → YAML for people: keys in the order of the documentation, defaults left out, each rule with
// the place that it came from, and what of it is not as it was.
import { Document, isMap, isSeq, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { ConfigNode, MapNode, ScalarNode } from '../../model/config-node.ts';
import type { FidelityRow } from '../../model/fidelity-row.ts';
import { arrDefaultKeys } from './compatibility.ts';
import { generateJsonSchema } from './json-schema.ts';
import { placeRows } from './place-rows.ts';
import { childOf, formsOf, isDefault, itemOf, keyOrder, type SchemasAt, typedScalar } from './schema-at.ts';

export interface YamlNotes {
  /** Lines at the top of the file. */
  title: readonly string[];
  /** Rows that are not exact become comments where they belong. */
  rows: readonly FidelityRow[];
  /** Where the JSON Schema is, for editors. */
  schema: string;
  /** Texts that are references to the environment; all others stand for themselves. */
  references?: readonly string[];
}

/** Maps and lists that are shorter than this stand on one line. */
const LONGEST_LINE = 110;
/** Rows at the top of the file. */
const MOST_LINES = 40;

/** @returns text that gives the same configuration as `root` when it is loaded */
export function writeYaml(root: MapNode, { title, rows, schema, references = [] }: YamlNotes): string {
  const placed = placeRows(root, rows);
  const writer = new YamlWriter(placed.comments, new Set(references));
  const sections = writer.map(root, formsOf(generateJsonSchema()));
  sections.flow = false;
  for (const { key } of sections.items.slice(1)) (key as Scalar).spaceBefore = true;
  const document = new Document(sections);
  const head = [` yaml-language-server: $schema=${schema}`, ...title.map((line) => ` ${line}`)];
  const rest =
    placed.others.length === 0 ? [] : ['', ' Not as it was, beside what is said below:', ...most(placed.others)];
  document.commentBefore = [...head, ...rest.map(oneLine)].join('\n');
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A whole server has hundreds: the report has them all. */
function most(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LINES) return [...lines];
  return [...lines.slice(0, MOST_LINES), ` and ${lines.length - MOST_LINES} more: the report has them all`];
}

class YamlWriter {
  readonly #comments: ReadonlyMap<ConfigNode, readonly string[]>;
  readonly #references: ReadonlySet<string>;

  constructor(comments: ReadonlyMap<ConfigNode, readonly string[]>, references: ReadonlySet<string>) {
    this.#comments = comments;
    this.#references = references;
  }

  map(node: MapNode, schemas: SchemasAt): YAMLMap {
    const map = new YAMLMap();
    const order = keyOrder(schemas);
    // What is inherited is cleared before anything is added to it.
    const rank = (key: string): number =>
      key === 'clear' || key === 'remove' ? -1 : order.includes(key) ? order.indexOf(key) : order.length;
    const entries = [...node.entries].sort(([a], [b]) => rank(a) - rank(b));
    for (const [key, { node: child }] of entries) {
      const written = childOf(schemas, key);
      const value = this.#value(child, written.flatMap(formsOf));
      if (isDefault(value.toJSON(), written) && !arrDefaultKeys.has(key)) continue;
      const name = plainOrQuoted(key);
      map.items.push(new Pair(name, value));
      const comments = this.#comments.get(child);
      if (comments && !isSeq(value)) {
        this.#comment(name, comments);
        name.spaceBefore = map.items.length > 1;
      }
    }
    return onOneLine(map);
  }

  #value(node: ConfigNode, schemas: SchemasAt): YAMLMap | YAMLSeq | Scalar {
    if (node.kind === 'scalar') return this.#scalar(node, schemas);
    if (node.kind === 'list') return this.#list(node.items, schemas);
    const map = this.map(node, schemas);
    return this.#shortForm(map, schemas) ?? map;
  }

  #scalar({ value }: ScalarNode, schemas: SchemasAt): Scalar {
    const typed = typedScalar(value, schemas);
    if (typeof typed !== 'string') return new Scalar(typed);
    // `${` would be read as a reference to the environment.
    return plainOrQuoted(this.#references.has(typed) ? typed : typed.replaceAll('${', () => '$${'));
  }

  /** `{ add: […] }` and `{ list: […] }` with nothing else are written as the list. */
  #shortForm(map: YAMLMap, schemas: SchemasAt): YAMLSeq | null {
    const [only, ...others] = map.items;
    if (only === undefined || others.length > 0 || !schemas.some(({ type }) => type === 'array')) return null;
    const isList = ['add', 'list', 'rules'].includes(String((only.key as Scalar).value));
    return isList && isSeq(only.value) ? (only.value as YAMLSeq) : null;
  }

  #list(items: readonly ConfigNode[], schemas: SchemasAt): YAMLSeq {
    const list = new YAMLSeq();
    for (const item of items) {
      const value = this.#value(item, itemOf(schemas));
      const comments = this.#comments.get(item);
      if (comments && isMap(value)) {
        value.flow = false;
        this.#comment(value, comments);
        value.spaceBefore = list.items.length > 0;
      }
      list.items.push(value);
    }
    return onOneLine(list);
  }

  #comment(node: Scalar | YAMLMap | YAMLSeq, comments: readonly string[]): void {
    node.commentBefore = comments.map((line) => ` ${oneLine(line)}`).join('\n');
  }
}

/** Text that YAML could take for something else is quoted (DESIGN 5). */
function plainOrQuoted(value: string): Scalar<string> {
  const written = new Scalar(value);
  if (/^[A-Za-z_][\w./-]*(?: [\w./-]+)*$/.test(value)) written.type = 'PLAIN';
  else written.type = /["\\]/.test(value) && !/[^ -~]/.test(value) ? 'QUOTE_SINGLE' : 'QUOTE_DOUBLE';
  return written;
}

function isPlainList(node: unknown): boolean {
  return isSeq(node) && node.items.every((item) => item instanceof Scalar);
}

/** A collection of plain values that is short stands on one line. */
function onOneLine<C extends YAMLMap | YAMLSeq>(collection: C): C {
  const children = isMap(collection) ? collection.items.map(({ value }) => value) : collection.items;
  const isPlain = children.every((child) => child instanceof Scalar || (isMap(collection) && isPlainList(child)));
  const isCommented = isMap(collection) && collection.items.some(({ key }) => (key as Scalar).commentBefore);
  if (isPlain && !isCommented && JSON.stringify(collection.toJSON()).length <= LONGEST_LINE) collection.flow = true;
  return collection;
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
