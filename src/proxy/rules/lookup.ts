// What `{NAME:key}` asks where NAME is no function: a rewrite map or a provider (url-rewrite.md 7).
import type { Part } from './expressions/part.ts';

export interface Lookup {
  readonly name: string;
  /** The expression that asks for the key that `key` expands to. */
  asked(key: Part): Part;
}
