// YAML text → tree with places. Everything that YAML itself finds wrong is collected, never thrown.
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { LocatedProblem } from '../../model/config-error.ts';
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import { NAME_REFUSED, REFUSED_NAME } from './refuse-names.ts';
import { BACKSLASH_ADVICE, quotingAdvice } from './yaml-traps.ts';

/** Bounds on what a file may unfold to: aliases let a few bytes stand for billions of nodes. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
const MAX_NODES = 500_000;
const MAX_DEPTH = 60;
const MAX_YAML_ERRORS = 3;

/**
 * Reads one file's text.
 * @returns the tree, or null where the text has no map to offer; then `problems` says why
 */
export function readYaml(text: string, file: string, problems: LocatedProblem[]): MapNode | null {
  const fault = (message: string, place: Partial<Place> = {}, suggestion?: string) =>
    void problems.push({
      file,
      line: 1,
      column: 1,
      ...place,
      severity: 'error',
      message,
      ...(suggestion ? { suggestion } : {}),
    });
  if (text.length > MAX_CHARACTERS) {
    fault(`the file has more than ${MAX_CHARACTERS} characters`);
    return null;
  }
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === null) {
    fault('the file is nested too deeply');
    return null;
  }
  // One slip makes YAML stumble many times: the first few places say enough.
  for (const { code, message, pos } of document.errors.slice(0, MAX_YAML_ERRORS)) {
    const { line, col } = lines.linePos(pos[0]);
    const words = code === 'DUPLICATE_KEY' ? 'this key stands above already' : firstLine(message);
    fault(words, { line, column: col }, adviceFor(code, text, pos[0]));
  }
  if (document.errors.length > 0) return null;
  return new TreeBuilder(document, text, file, lines, fault).root();
}

function parse(text: string, lines: LineCounter): Document.Parsed | null {
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
    return document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION') ? null : document;
  } catch (error) {
    // The parser recurses: text of nothing but opening brackets overflows the stack, which it mostly notices itself.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function adviceFor(code: ErrorCode, text: string, offset: number): string | undefined {
  if (code === 'DUPLICATE_KEY') return 'a key stands once in a map';
  if (code === 'BAD_DQ_ESCAPE') return BACKSLASH_ADVICE;
  return quotingAdvice(text, offset);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!;
}

type Fault = (message: string, place?: Partial<Place>, suggestion?: string) => void;

/** Walks the parsed document once, following aliases within the bounds. */
class TreeBuilder {
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #fault: Fault;
  #nodes = 0;
  #tooBig = false;

  constructor(document: Document.Parsed, text: string, file: string, lines: LineCounter, fault: Fault) {
    this.#document = document;
    this.#text = text;
    this.#file = file;
    this.#lines = lines;
    this.#fault = fault;
  }

  root(): MapNode | null {
    const { contents } = this.#document;
    if (contents === null || (isScalar(contents) && contents.value === null)) {
      this.#fault('the file is empty', {}, 'write at least `farms`');
      return null;
    }
    const node = this.#build(contents, 0);
    if (this.#tooBig) return null;
    if (node?.kind === 'map') return node;
    this.#fault(`expected a map of settings, found ${node?.kind === 'list' ? 'a list' : 'plain text'}`, node?.place);
    return null;
  }

  #place(node: { range?: readonly [number, number, number] | null }): Place {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The node as a tree; null where it was refused. */
  #build(node: Node, depth: number): ConfigNode | null {
    const place = this.#place(node);
    if (this.#tooBig) return null;
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      this.#tooBig = true;
      this.#fault('the file unfolds to too many or too deeply nested values', place, 'check its aliases');
      return null;
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target !== undefined) return this.#build(target, depth + 1);
      this.#fault(
        `"*${node.source}" is read as an alias, and nothing has that anchor`,
        place,
        `quote it: "*${node.source}"`,
      );
      return null;
    }
    if (isMap(node)) return this.#map(node, place, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#build(item as Node, depth + 1));
      return { kind: 'list', place, items: items.filter((item) => item !== null) };
    }
    return { kind: 'scalar', place, value: plainScalar(node as Scalar) };
  }

  #map(map: YAMLMap, place: Place, depth: number): ConfigNode {
    const inBraces = map.flow && map.range ? this.#text.slice(map.range[0], map.range[1]) : '';
    const braces = inBraces !== '' && inBraces.length <= 200 && !inBraces.includes('\n') ? inBraces : null;
    const result: MapNode = { kind: 'map', place, entries: new Map(), braces };
    for (const pair of map.items as Pair<Node, Node | null>[]) this.#entry(result, pair, depth);
    return result;
  }

  #entry(into: MapNode, { key, value }: Pair<Node, Node | null>, depth: number): void {
    if (!isScalar(key)) {
      const place = key ? this.#place(key) : into.place;
      this.#fault('a key must be plain text', place, 'values that begin with { or [ need quotes');
      return;
    }
    const keyPlace = this.#place(key);
    const name = keyText(key);
    if (name === REFUSED_NAME) {
      this.#fault(NAME_REFUSED, keyPlace);
      return;
    }
    const node: ConfigNode | null = value
      ? this.#build(value, depth + 1)
      : { kind: 'scalar', place: keyPlace, value: null };
    if (node === null) return;
    if (name === '<<') this.#mergeKey(into, node, keyPlace);
    else into.entries.set(name, { keyPlace, node });
  }

  /** `<<: *anchor`: what the anchored map has and this one does not. */
  #mergeKey(into: MapNode, node: ConfigNode, keyPlace: Place): void {
    for (const source of node.kind === 'list' ? node.items : [node]) {
      if (source.kind !== 'map') {
        this.#fault('"<<" takes a map, or a list of maps', keyPlace);
        return;
      }
      for (const [key, entry] of source.entries) if (!into.entries.has(key)) into.entries.set(key, entry);
    }
  }
}

/** `404: x` and `true: x` are the names "404" and "true", as written. */
function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function plainScalar(node: Scalar): string | number | boolean | null {
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return node.source ?? String(value);
}
