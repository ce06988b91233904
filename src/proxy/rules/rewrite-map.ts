// Rewrite maps: a key to a value, in constant time (url-rewrite.md 14).
import type { RewriteMapConfig } from '../../model/config.ts';
import type { Lookup } from './lookup.ts';

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

  lookUp(key: string): string {
    return this.#values.get(this.#ignoreCase ? key.toLowerCase() : key) ?? this.#defaultValue;
  }
}
