// Outbound rules as written → their configuration, and what is in force at a level of a site (url-rewrite.md 16).
import type { ConfigPath } from '../../model/config.ts';
import type { OutboundRulesConfig } from '../../model/outbound-config.ts';
import { hideByName } from './inherit-list.ts';
import { inheritRules, reportInherited } from './inherit-rules.ts';
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
    const rules = inheritRules(result.rules, written, own.rules);
    if (layerPath === path)
      reportInherited(own.rules, rules, ({ name }) => `an outbound rule called "${name}" is inherited`, problems);
    result = {
      rewriteBeforeCache: written.rewriteBeforeCache ?? result.rewriteBeforeCache,
      preConditions: hideByName(result.preConditions, own.preConditions),
      customTags: hideByName(result.customTags, own.customTags),
      rules,
    };
  }
  return result;
}
