// What a reading of IIS files is told from outside: the machine they come from is another one.

import type { FolderFiles } from './folder-files.ts';

/** Where paths of another machine are here. */
export interface PathOptions {
  /** `%NAME%` in paths. */
  env: Readonly<Record<string, string | undefined>>;
  /** Windows and UNC paths, and what they are here. */
  pathMap: Readonly<Record<string, string>>;
}

export interface IisOptions extends PathOptions {
  /** Folder with the certificates of https bindings, named as in the Central Certificate Store. */
  certificates?: string | null;
  /** What stands as passphrase of PFX files; absent: none is written. */
  pfxPassphrase?: string;
  /** PEM file with the authorities of clients' certificates: then https bindings ask for them. */
  clientAuthorities?: string | null;
  /** https bindings need no certificate: they are warned of, or with 'silent' not even that. */
  skipHttps?: boolean | 'silent';
  /** Gets the web.config files in the folders of sites, and says which are left out. */
  folderFiles?: FolderFiles;
}
