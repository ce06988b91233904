// Substitutions and the texts of conditions → expressions: `$1` is {R:1}, `%1` is {C:1}, `%{HTTP_HOST}` is {HTTP_HOST},
// `${map:key|default}` is {map:key} (url-rewrite.md 20).
import { NotConvertible } from './convert-pattern.ts';
import type { MapUses } from './map-uses.ts';
import { convertVariable } from './variables.ts';

export interface TextScope {
  /** Groups of the rule's pattern; -1 where it captures nothing. */
  ruleGroups: number;
  /** Groups that lost the slash that they began with. */
  slashes: ReadonlySet<number>;
  /** `R`, or `C` where the pattern of the rule became a condition. */
  ruleLetter: 'R' | 'C';
  /** Groups of the condition that matched last; -1 where none did. */
  conditionGroups: number;
  /** Groups before those, where all are numbered through; 0 where only the last condition's count. */
  conditionOffset: number;
  /** The rules of the server see paths that are no files yet. */
  ofServer: boolean;
  /** Flag B: what groups bring in is escaped. Needed in queries only, for paths are escaped anyway. */
  escapeGroups?: boolean;
  maps: MapUses;
}

export interface ConvertedText {
  expression: string;
  notes: string[];
}

/** @throws NotConvertible */
export function convertText(text: string, scope: TextScope): ConvertedText {
  const reader = new TextReader(text, scope);
  return { expression: reader.read(), notes: reader.notes };
}

class TextReader {
  readonly notes: string[] = [];
  readonly #text: string;
  readonly #scope: TextScope;

  constructor(text: string, scope: TextScope) {
    this.#text = text;
    this.#scope = scope;
  }

  read(): string {
    let result = '';
    let at = 0;
    while (at < this.#text.length) {
      const rest = this.#text.slice(at);
      const [taken, made] = this.#piece(rest);
      result += made;
      at += taken;
    }
    return result;
  }

  #piece(rest: string): [number, string] {
    if (rest[0] === '\\' && rest.length > 1) return [2, literal(rest[1]!)];
    const group = /^([$%])(\d)/.exec(rest);
    if (group)
      return [2, group[1] === '$' ? this.#ruleGroup(Number(group[2])) : this.#conditionGroup(Number(group[2]))];
    if (rest.startsWith('%{') || rest.startsWith('${')) {
      const end = closingBrace(rest);
      if (end === -1) throw new NotConvertible(`${rest} has no closing brace`);
      const inner = rest.slice(2, end);
      return [end + 1, rest[0] === '%' ? this.#variable(inner) : this.#lookup(inner)];
    }
    return [1, literal(rest[0]!)];
  }

  /** A group that is not there is empty in Apache, and an error here. */
  #ruleGroup(group: number): string {
    const { ruleGroups, slashes, ruleLetter } = this.#scope;
    if (group > ruleGroups) return '';
    return this.#captured(`${slashes.has(group) ? '/' : ''}{${ruleLetter}:${group}}`);
  }

  #conditionGroup(group: number): string {
    const { conditionGroups, conditionOffset } = this.#scope;
    if (group > conditionGroups) return '';
    if (group === 0 && conditionOffset > 0)
      throw new NotConvertible('%0 cannot be told from the pattern, which is a condition here');
    return this.#captured(`{C:${conditionOffset + group}}`);
  }

  #captured(expression: string): string {
    return this.#scope.escapeGroups ? `{UrlEncode:${expression}}` : expression;
  }

  #variable(name: string): string {
    const variable = convertVariable(name);
    if (variable === null) throw new NotConvertible(`%{${name}} does not exist here`);
    if (variable.note) this.notes.push(`%{${name}}: ${variable.note}`);
    if (variable.needs) this.#scope.maps.needScheme();
    const isFile = /^(?:REQUEST|SCRIPT)_FILENAME$/i.test(name);
    return isFile && this.#scope.ofServer ? '{URL}' : variable.expression;
  }

  #lookup(inner: string): string {
    const [, map, key, otherwise = ''] = /^([^:|]+):((?:[^|{}]|\{[^{}]*\})*)(?:\|(.*))?$/s.exec(inner) ?? [];
    if (map === undefined) throw new NotConvertible(`\${${inner}} names no map and key`);
    const converted = convertText(key!, this.#scope);
    this.notes.push(...converted.notes);
    return this.#scope.maps.use(map, converted.expression, otherwise);
  }
}

/** The `%{…` or `${…` of `text` that is never closed; null when all are. */
export function unclosedReference(text: string): string | null {
  for (const { 0: start, index } of text.matchAll(/\\.|[$%]\{/gs)) {
    if (start.endsWith('{') && !start.startsWith('\\') && closingBrace(text.slice(index)) === -1)
      return text.slice(index);
  }
  return null;
}

function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function literal(character: string): string {
  if (character === '{' || character === '}')
    throw new NotConvertible(`a ${character} of its own cannot be written in an expression`);
  return character;
}
