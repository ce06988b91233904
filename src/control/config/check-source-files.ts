// Files that farms take servers from: one that cannot be used is no reason not to start, since it may come later, but it is said.
import { readRegularFile } from '../../base/read-regular-file.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { Config, ConfigProblem } from '../../model/config.ts';
import { MOST_SOURCE_BYTES } from '../../model/farm-config.ts';
import { parseServers } from './read-servers.ts';

export function checkSourceFiles({ farms }: Config): ConfigProblem[] {
  return farms.flatMap(({ name, serversFrom }) =>
    serversFrom.flatMap((source, index) => {
      const fault = source.kind === 'file' ? faultOf(source.path) : null;
      if (fault === null) return [];
      const message = `${fault}: farm "${name}" gets no servers from there until it is mended`;
      return [{ path: ['farms', name, 'serversFrom', index], severity: 'warning' as const, message }];
    }),
  );
}

function faultOf(path: string): string | null {
  let text: string;
  try {
    text = readRegularFile(path, MOST_SOURCE_BYTES).toString('utf8');
  } catch (error) {
    return `${path} cannot be read: ${whyUnreadable(error)}`;
  }
  try {
    parseServers(text, path);
    return null;
  } catch (error) {
    return `${path}: ${(error as Error).message}`;
  }
}
