// What is in force at one level of a site: the layers above and at it, put together as IIS inherits (url-rewrite.md 1).
import type { RewriteMapConfig, RuleConfig, RuleSetConfig } from '../../model/config.ts';
import type { LevelSettings } from '../../model/level-settings.ts';
import type { OutboundRulesConfig } from '../../model/outbound-config.ts';
import type { ProviderConfig } from '../../model/provider-config.ts';
import type { LevelConfig } from '../../model/site-config.ts';
import { composeOutboundRules } from './build-outbound.ts';
import { buildRewriteMaps, buildRules } from './build-rules.ts';
import { buildSettings } from './build-settings.ts';
import type { ConfigSource } from './config-source.ts';
import type { ProblemList } from './problem-list.ts';
import type { Layer } from './site-layers.ts';

/** What sites inherit from the server. */
export interface ServerLevel {
  rewriteMaps: RewriteMapConfig[];
  providers: ProviderConfig[];
  outboundRules: OutboundRulesConfig;
  allowedServerVariables: string[];
  settings: LevelSettings;
}

/** @param layers in force at `path`, parents first; @param root folder of the site */
export function buildLevel(
  path: string,
  layers: readonly Layer[],
  server: ServerLevel,
  root: string | null,
  source: ConfigSource,
  problems: ProblemList,
): LevelConfig {
  const allowed = layers.flatMap(({ settings }) => settings.allowedServerVariables ?? []);
  return {
    path,
    rules: composeRules(path, layers, problems),
    rewriteMaps: composeMaps(layers, server.rewriteMaps, problems),
    providers: composeProviders(layers, server.providers),
    outboundRules: composeOutboundRules(path, layers, server.outboundRules, problems),
    allowedServerVariables: [...server.allowedServerVariables, ...allowed.map((name) => name.toUpperCase())],
    settings: buildSettings(layers, server.settings, root, source, problems),
  };
}

/** Inherited rules first, each with the base of the layer that defines it (url-rewrite.md 2 and 4). */
function composeRules(path: string, layers: readonly Layer[], problems: ProblemList): RuleSetConfig {
  let list: RuleConfig[] = [];
  let useOriginalURLEncoding = true;
  for (const { path: layerPath, settings, at } of layers) {
    const { rules } = settings;
    if (rules === undefined) continue;
    const removed = new Set(rules.remove.map((name) => name.toLowerCase()));
    list = rules.clear ? [] : list.filter((rule) => !removed.has(rule.name.toLowerCase()));
    const own = buildRules(rules.list, [...at, 'rules', 'list'], layerPath === '/' ? '/' : `${layerPath}/`);
    if (layerPath === path) reportInherited(own, list, problems);
    list = [...list, ...own];
    useOriginalURLEncoding = rules.useOriginalURLEncoding ?? useOriginalURLEncoding;
  }
  return { useOriginalURLEncoding, list };
}

/** A name stands once, inherited rules included (url-rewrite.md 1). */
function reportInherited(own: readonly RuleConfig[], inherited: readonly RuleConfig[], problems: ProblemList): void {
  for (const { name, path } of own) {
    const twin = inherited.find((rule) => rule.name.toLowerCase() === name.toLowerCase());
    if (twin === undefined) continue;
    problems.error(
      [...path, 'name'],
      `a rule called "${twin.name}" is inherited from ${twin.base}`,
      'rename one of them, or take the inherited one out with remove or clear',
    );
  }
}

/** A map of a level hides the one of that name above it. */
function composeMaps(
  layers: readonly Layer[],
  inherited: readonly RewriteMapConfig[],
  problems: ProblemList,
): RewriteMapConfig[] {
  const maps = new Map(inherited.map((map) => [map.name.toLowerCase(), map]));
  for (const { settings, at } of layers) {
    for (const map of buildRewriteMaps(settings.rewriteMaps ?? {}, [...at, 'rewriteMaps'], problems))
      maps.set(map.name.toLowerCase(), map);
  }
  return [...maps.values()];
}

/** A provider of a level hides the one of that name above it. */
function composeProviders(layers: readonly Layer[], inherited: readonly ProviderConfig[]): ProviderConfig[] {
  const providers = [...inherited, ...layers.flatMap((layer) => layer.providers)];
  return [...new Map(providers.map((provider) => [provider.name.toLowerCase(), provider])).values()];
}
