// Whether rules of a configuration stand in files of IIS, which cannot say how long a pattern may take.
import type { Config } from '../../model/config.ts';
import type { ConfigSource } from './config-source.ts';
import { isXmlName } from './foreign-formats.ts';

/** True where a web.config in a site's folder brings rules: a file that IIS runs is run, patterns and all. */
export function hasRulesOfIis(config: Config, source: ConfigSource): boolean {
  return config.sites.some(({ levels }) =>
    levels.some(({ rules }) => rules.list.some(({ path }) => isXmlName(source.locate(path).file))),
  );
}
