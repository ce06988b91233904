// Rewrite maps: a key to a value, in constant time (url-rewrite.md 14).
import type { RewriteMapConfig } from '../../model/config.ts';
import type { Part } from './expressions/part.ts';
import type { Lookup } from './lookup.ts';
import type { RuleRun } from './rule-run.ts';

export class RewriteMap implements Lookup {
  readonly name: string;
  readonly #values = new Map<string, string>();
  readonly #ignoreCase: boolean;
  readonly #defaultValue: string;

  /** Of two keys that differ only in case, the first counts when case does not. */
  constructor(config: RewriteMapConfig) {
    this.name = config.name;
    this.#ignoreCase = config.ignoreCase;
    this.#defaultValue = config.defaultValue;
    for (const [key, value] of config.entries) {
      const stored = config.ignoreCase ? key.toLowerCase() : key;
      if (!this.#values.has(stored)) this.#values.set(stored, value);
    }
  }

  asked(key: Part): Part {
    return new MapLookup(this, key);
  }

  lookUp(key: string): string {
    return this.#values.get(this.#ignoreCase ? key.toLowerCase() : key) ?? this.#defaultValue;
  }
}

/** {MapName:key}. The value is plain text and not expanded again. */
class MapLookup implements Part {
  readonly #map: RewriteMap;
  readonly #key: Part;

  constructor(map: RewriteMap, key: Part) {
    this.#map = map;
    this.#key = key;
  }

  expand(run: RuleRun): string {
    return this.#map.lookUp(this.#key.expand(run));
  }

  inUrl(): Part {
    return this;
  }
}
