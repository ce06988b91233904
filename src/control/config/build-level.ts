// What is in force at one level of a site: the layers above and at it, put together as IIS inherits (url-rewrite.md 1).
import type { RewriteMapConfig, RuleConfig, RuleSetConfig } from '../../model/config.ts';
import type { LevelSettings } from '../../model/level-settings.ts';
import type { OutboundRulesConfig } from '../../model/outbound-config.ts';
import type { ProviderConfig } from '../../model/provider-config.ts';
import type { LevelConfig } from '../../model/site-config.ts';
import { composeOutboundRules } from './build-outbound.ts';
import { buildRules } from './build-rules.ts';
import { buildSettings } from './build-settings.ts';
import type { ConfigSource } from './config-source.ts';
import { hideByName } from './inherit-list.ts';
import { inheritRules, reportInherited } from './inherit-rules.ts';
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
    rewriteMaps: layers.reduce((above, layer) => hideByName(above, layer.rewriteMaps), server.rewriteMaps),
    providers: layers.reduce((above, layer) => hideByName(above, layer.providers), server.providers),
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
    const own = buildRules(rules.list, [...at, 'rules', 'list'], layerPath === '/' ? '/' : `${layerPath}/`);
    list = inheritRules(list, rules, own);
    if (layerPath === path)
      reportInherited(own, list, ({ name, base }) => `a rule called "${name}" is inherited from ${base}`, problems);
    useOriginalURLEncoding = rules.useOriginalURLEncoding ?? useOriginalURLEncoding;
  }
  return { useOriginalURLEncoding, list };
}
