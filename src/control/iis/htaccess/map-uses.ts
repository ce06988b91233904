// The rewrite maps of an import: `RewriteMap` directives, and how the rules use them. A default value belongs to the use
// in Apache and to the map in IIS, so a map that is used with two defaults is written twice.
import { NotConvertible } from './convert-pattern.ts';

/** A map that is a function. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  tolower: 'ToLower',
  escape: 'UrlEncode',
  unescape: 'UrlDecode',
};

export interface WrittenMap {
  name: string;
  defaultValue: string;
  entries: readonly (readonly [key: string, value: string])[];
}

export class MapUses {
  readonly #functions = new Map<string, string>();
  readonly #tables = new Map<string, readonly (readonly [string, string])[]>();
  readonly #written = new Map<string, WrittenMap>();

  /** @returns false for a function that does not exist here */
  addFunction(name: string, written: string): boolean {
    const known = Object.hasOwn(FUNCTIONS, written.toLowerCase()) ? FUNCTIONS[written.toLowerCase()]! : null;
    if (known !== null) this.#functions.set(name, known);
    return known !== null;
  }

  addTable(name: string, entries: readonly (readonly [string, string])[]): void {
    this.#tables.set(name, entries);
  }

  /** @throws NotConvertible for a map that is not there */
  use(name: string, key: string, defaultValue: string): string {
    const known = this.#functions.get(name);
    if (known !== undefined) return `{${known}:${key}}`;
    const entries = this.#tables.get(name);
    if (entries === undefined) throw new NotConvertible(`there is no map ${name} that could be taken over`);
    const twins = [...this.#written.values()].filter((map) => map.entries === entries);
    let map = twins.find((twin) => twin.defaultValue === defaultValue);
    if (map === undefined) {
      map = { name: this.#freeName(name), defaultValue, entries };
      this.#written.set(map.name.toLowerCase(), map);
    }
    return `{${map.name}:${key}}`;
  }

  /** `on` and `off` of {HTTPS} → the scheme. */
  needScheme(): void {
    const entries = [['on', 'https']] as const;
    this.#written.set('requestscheme', { name: 'RequestScheme', defaultValue: 'http', entries });
  }

  /** The maps that rules use. */
  get written(): WrittenMap[] {
    return [...this.#written.values()];
  }

  /** Names of maps are taken in any letter case here, and functions come before them. */
  #freeName(wanted: string): string {
    const taken = ['tolower', 'urlencode', 'urldecode', 'htmlencode', 'r', 'c', 'requestscheme'];
    const plain = wanted.replace(/[{}:]/g, '_').trim();
    for (let number = 1; ; number++) {
      const name = number === 1 ? plain : `${plain}-${number}`;
      if (!taken.includes(name.toLowerCase()) && !this.#written.has(name.toLowerCase())) return name;
    }
  }
}

/** The lines of a text map: key, blanks, value; # begins a comment, the first of two equal keys counts. */
export function readTextMap(text: string): [key: string, value: string][] {
  const entries = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^\s#]\S*)\s+(\S+)/.exec(line) ?? [];
    if (key !== undefined && !entries.has(key)) entries.set(key, value!);
  }
  return [...entries];
}
