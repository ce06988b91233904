// All outbound rules of a configuration: those for requests without a site, and those in force at each level of a site.
import type { Config, ConfigProblem } from '../../../model/config.ts';
import type { Site, SiteLevel } from '../../../model/site.ts';
import { namesWritten } from '../compile-rules.ts';
import { sharedParts } from '../shared-parts.ts';
import { compileOutbound } from './compile-outbound.ts';
import type { OutboundSet } from './outbound-set.ts';
import { warnOfHeldBodies } from './warn-of-held-bodies.ts';

export interface OutboundSets {
  /** For requests without a site; null when no rule is enabled. */
  readonly top: OutboundSet | null;
  /** By id of the level; a level without rules has none here. */
  readonly byLevel: ReadonlyMap<SiteLevel['id'], OutboundSet>;
}

/** Null when no rule is enabled: then there is no stage, and responses cost nothing here. */
export function compileOutboundSets(
  config: Config,
  sites: readonly Site[],
  problems: ConfigProblem[],
  { lookups, patterns } = sharedParts(config),
): OutboundSets | null {
  const names = namesWritten(config.rules.list);
  const shared = {
    lookups: lookups.of(config.rewriteMaps, config.providers),
    written: names,
    patterns,
    scope: 'outbound',
  };
  const top = compileOutbound(config.outboundRules, shared, problems);
  const byLevel = new Map<number, OutboundSet>();
  for (const site of sites) {
    for (const { id, config: level } of site.levels) {
      const own = {
        lookups: lookups.of(level.rewriteMaps, level.providers),
        written: new Set([...names, ...namesWritten(level.rules.list)]),
        patterns,
        scope: `outbound ${site.name}${level.path}`,
      };
      const set = compileOutbound(level.outboundRules, own, problems);
      if (set !== null) byLevel.set(id, set);
    }
  }
  if (top === null && byLevel.size === 0) return null;
  warnOfHeldBodies(config, problems);
  return { top, byLevel };
}
