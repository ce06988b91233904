// A folder of certificates whose files are named after their hosts, as in the Central Certificate Store of IIS (arr.md 12.5):
// www.example.com.pfx, _.example.com.pfx for all names one label below; name.pem with name.key too.
import { join } from 'node:path';
import { readFolder } from '../../base/read-folder.ts';
import type { CertificateFiles } from '../../model/tls-config.ts';

export interface FolderEntry {
  /** The host name that the file stands for, in lower case. */
  readonly name: string;
  readonly files: CertificateFiles;
}

const HOST = /^(?:_\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/** @throws Error where the folder cannot be read */
export function certificatesIn(folder: string, passphrase: string | null): FolderEntry[] {
  const names = readFolder(folder).entries.flatMap((entry) => (entry.isDirectory() ? [] : entry.name));
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const entries = new Map<string, FolderEntry>();
  for (const [lower, written] of byLowerCase) {
    const [, stem, kind] = /^(.+)\.(pfx|pem)$/.exec(lower) ?? [];
    if (stem === undefined || !HOST.test(stem) || entries.has(stem)) continue;
    const path = join(folder, written);
    const key = byLowerCase.get(`${stem}.key`);
    const name = stem.replace(/^_/, '*');
    if (kind === 'pfx') entries.set(stem, { name, files: { pfx: path, passphrase } });
    else if (key !== undefined) entries.set(stem, { name, files: { cert: path, key: join(folder, key), passphrase } });
  }
  return [...entries.values()];
}
