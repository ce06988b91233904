// Outbound rules as written → their configuration, and what is in force at a level of a site (url-rewrite.md 16).
import type { ConfigPath } from '../../model/config.ts';
import type { OutboundRulesConfig } from '../../model/outbound-config.ts';
import type { ProblemList } from './problem-list.ts';
import type { Written } from './root-schema.ts';
import type { Layer } from './site-layers.ts';

type WrittenOutbound = Omit<Written['outboundRules'], 'rewriteBeforeCache'> & { rewriteBeforeCache?: boolean };

/** @param path of the section */
export function buildOutboundRules(written: WrittenOutbound, path: ConfigPath): OutboundRulesConfig {
  const { rewriteBeforeCache = false, preConditions, customTags, rules } = written;
  return {
    rewriteBeforeCache,
    preConditions: Object.entries(preConditions).map(([name, preCondition]) => {
      const { patternTimeLimit = null } = preCondition;
      return { name, ...preCondition, patternTimeLimit, path: [...path, 'preConditions', name] };
    }),
    customTags: Object.entries(customTags).map(([name, tags]) => ({ name, tags })),
    rules: rules.map((rule, index) => {
      const { patternTimeLimit = null, match = null } = rule;
      return { ...rule, patternTimeLimit, match, path: [...path, 'rules', index] };
    }),
  };
}

/** Inherited rules first. @param layers in force at `path`, parents first; @param server what all sites inherit */
export function composeOutboundRules(
  path: string,
  layers: readonly Layer[],
  server: OutboundRulesConfig,
  problems: ProblemList,
): OutboundRulesConfig {
  let result = server;
  for (const { path: layerPath, settings, at } of layers) {
    const written = settings.outboundRules;
    if (written === undefined) continue;
    const own = buildOutboundRules(written, [...at, 'outboundRules']);
    const removed = new Set(written.remove.map((name) => name.toLowerCase()));
    const kept = written.clear ? [] : result.rules.filter(({ name }) => !removed.has(name.toLowerCase()));
    if (layerPath === path) reportInherited(own.rules, kept, problems);
    result = {
      rewriteBeforeCache: written.rewriteBeforeCache ?? result.rewriteBeforeCache,
      preConditions: overlaid(result.preConditions, own.preConditions),
      customTags: overlaid(result.customTags, own.customTags),
      rules: [...kept, ...own.rules],
    };
  }
  return result;
}

/** Those of a level hide the ones of their names above it. */
function overlaid<T extends { name: string }>(inherited: readonly T[], own: readonly T[]): T[] {
  const names = new Set(own.map(({ name }) => name.toLowerCase()));
  return [...inherited.filter(({ name }) => !names.has(name.toLowerCase())), ...own];
}

/** A name stands once, inherited rules included (url-rewrite.md 1). */
function reportInherited(
  own: OutboundRulesConfig['rules'],
  inherited: OutboundRulesConfig['rules'],
  problems: ProblemList,
): void {
  for (const { name, path } of own) {
    const twin = inherited.find((rule) => rule.name.toLowerCase() === name.toLowerCase());
    if (twin === undefined) continue;
    problems.error(
      [...path, 'name'],
      `an outbound rule called "${twin.name}" is inherited`,
      'rename one of them, or take the inherited one out with remove or clear',
    );
  }
}
