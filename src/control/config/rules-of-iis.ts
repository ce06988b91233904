// Whether rules of a configuration stand in files of IIS, which cannot say how long a pattern may take.
import type { Config, ConfigPath } from '../../model/config.ts';
import type { ConfigSource } from './config-source.ts';
import { isXmlName } from './foreign-formats.ts';

/** True where a web.config in a site's folder brings rules: a file that IIS runs is run, patterns and all. */
export function hasRulesOfIis(config: Config, source: ConfigSource): boolean {
  const isOfIis = ({ path }: { path: ConfigPath }) => isXmlName(source.locate(path).file);
  return config.sites.some(({ levels }) =>
    levels.some(
      ({ rules, outboundRules }) =>
        rules.list.some(isOfIis) || outboundRules.rules.some(isOfIis) || outboundRules.preConditions.some(isOfIis),
    ),
  );
}
