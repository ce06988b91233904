// Files in a folder of their own, and what an import of them makes of requests.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { explainConfig, importHtaccessFiles } from '../../src/index.ts';

/** A folder with these files, which goes with the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'narrows-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Imports files of Apache, the first of `files` alone unless `imported` names them. */
export function importedHtaccess(files: Readonly<Record<string, string>>, imported = Object.keys(files).slice(0, 1)) {
  const folder = folderOf(files);
  const out = join(folder, 'out.yaml');
  const { yaml, rows } = importHtaccessFiles(
    imported.map((name) => join(folder, name)),
    out,
  );
  writeFileSync(out, yaml);
  return {
    yaml,
    rows: rows.map((row) => ({ ...row, file: row.file.slice(folder.length + 1) })),
    config: parse(yaml) as Record<string, unknown>,
    /** The outcome of a request, short: `redirect 301 http://…`, `rewrite /x`, `customResponse 403`, `none`. */
    async outcomeOf(url: string, headers: [string, string][] = []): Promise<string> {
      const { outcome } = await explainConfig({ file: out }, { url, method: 'GET', headers, client: '127.0.0.1' });
      const { kind, status, location, url: target } = outcome as unknown as Record<string, string | number | undefined>;
      return [kind, status, location ?? target].filter((part) => part !== undefined).join(' ');
    },
  };
}
