// What rules of both directions compile once: their patterns, and the maps and providers that they ask.
import type { Config } from '../../model/config.ts';
import { type CreateProvider, Lookups } from './compile-lookups.ts';
import { RulePatterns } from './patterns/rule-patterns.ts';

export interface SharedParts {
  readonly lookups: Lookups;
  readonly patterns: RulePatterns;
}

/** @param createProvider of extensions; absent: there are none */
export function sharedParts(
  config: Pick<Config, 'slowPatterns' | 'vulnerablePatterns'>,
  createProvider: CreateProvider = () => null,
): SharedParts {
  return { lookups: new Lookups(createProvider), patterns: new RulePatterns(config) };
}
