// A list of servers from elsewhere than the configuration: a file, an HTTP endpoint, an operator.
import { parse as parseYaml } from 'yaml';
import type { ServerConfig } from '../../model/farm-config.ts';
import { buildServers } from './build-farms.ts';
import { checkSection, type SchemaProblem } from './describe-issues.ts';
import { serversSchema } from './farm-schema.ts';

/**
 * @param value as `servers` of a farm
 * @param source what ServerConfig.source says of them
 * @throws Error that names everything that is wrong, in one line
 */
export function readServers(value: unknown, source: string): ServerConfig[] {
  const problems: SchemaProblem[] = [];
  const written = checkSection(serversSchema, value, ['servers'], problems);
  if (written === null) {
    const texts = problems.map(({ message, suggestion }) => (suggestion ? `${message}, ${suggestion}` : message));
    throw new Error(texts.join('; '));
  }
  const servers = buildServers(written, source);
  const twice = servers.find(({ address }, index) => servers.findIndex((each) => each.address === address) < index);
  if (twice !== undefined) throw new Error(`the server ${twice.address} stands twice`);
  return servers;
}

/** The same, of a text in YAML or JSON: a list, or a map with `servers`. */
export function parseServers(text: string, source: string): ServerConfig[] {
  const value: unknown = parseYaml(text);
  const list = Array.isArray(value) ? value : (value as { servers?: unknown } | null)?.servers;
  if (list === undefined) throw new Error('expected a list of servers');
  return readServers(list, source);
}
