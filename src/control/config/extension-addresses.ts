// Where the modules of `extensions` are: they must be known before the sections are checked, since they bring names.
import { pathToFileURL } from 'node:url';
import type { ConfigSource } from './config-source.ts';
import { rootShape } from './root-schema.ts';

/** file: URLs, in the order of the list; empty where the section has a fault, which is told with the others. */
export function extensionAddresses(raw: Record<string, unknown>, source: ConfigSource): string[] {
  const { data = [] } = rootShape.extensions.safeParse(raw.extensions);
  return data.map((address, index) => {
    if (address.startsWith('file:')) return address;
    return pathToFileURL(source.resolvePath(['extensions', index], address)).href;
  });
}
