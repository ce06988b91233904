// Files with directives of mod_rewrite → YAML and a report.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { importHtaccess } from '../control/iis/htaccess/import-htaccess.ts';
import { ConfigError, refusedFile } from '../model/config-error.ts';
import { pathFrom, readSource } from './import-files.ts';
import { type Imported, imported } from './imported.ts';

/**
 * Imports `files`: the first is the one in the root of the site, or of the server; further ones may stand in folders below.
 * @param out where the YAML will stand: paths in it are relative to its folder; null for the current one
 * @throws ConfigError with the faults that Apache would refuse too
 */
export function importHtaccessFiles(files: readonly string[], out: string | null = null): Imported {
  const sources = files.map((file) => ({ file, text: readSource(file) }));
  const xml = sources.find(({ text }) => /^\uFEFF?\s*<(?:\?xml|configuration|rewrite|system\.)/i.test(text));
  if (xml) throw refusedFile(xml.file, 'this is a file of IIS', 'import it with import-iis');
  const { root, rows, problems } = importHtaccess(sources, {
    readBeside: (file, path) => readOrNull(resolve(dirname(file), path)),
    folderOf: (file) => pathFrom(out, dirname(file)),
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return imported(root, rows, { what: `import-htaccess ${files.join(' ')}` });
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
