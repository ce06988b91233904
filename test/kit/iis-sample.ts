// Files of IIS for tests: a folder with the given files, and the reading of one of them.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { IisOptions } from '../../src/control/iis/iis-options.ts';
import { type IisRead, readIis } from '../../src/control/iis/read-iis.ts';
import { plainValue } from '../../src/model/config-node.ts';

/** A new folder with these files; a name that ends in a slash is an empty folder. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-iis-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, text);
  }
  return folder;
}

export interface SampleRead extends IisRead {
  /** The tree as plain data. */
  plain: Record<string, unknown>;
  /** `line:column severity: message (suggestion)`, file names left out. */
  said: string[];
}

/** Reads `text` as if it stood in `file`. */
export function readSample(text: string, file = 'web.config', options: Partial<IisOptions> = {}): SampleRead {
  const path = file.startsWith('/') ? file : join(folderWith({}), file);
  const read = readIis(text, path, { env: {}, pathMap: {}, ...options });
  const said = read.problems.map(({ line, column, severity, message, suggestion }) => {
    return `${line}:${column} ${severity}: ${message}${suggestion ? ` (${suggestion})` : ''}`;
  });
  return { ...read, plain: read.root ? (plainValue(read.root) as Record<string, unknown>) : {}, said };
}

/** A web.config with these sections of system.webServer. */
export function webConfig(sections: string): string {
  return `<configuration><system.webServer>\n${sections}\n</system.webServer></configuration>`;
}

/** The settings of the one site of a web.config with these sections. */
export function siteOf(sections: string): Record<string, unknown> {
  const { sites } = readSample(webConfig(sections)).plain as { sites: { default: Record<string, unknown> } };
  const { root: _root, webConfig: _webConfig, ...settings } = sites.default;
  return settings;
}
