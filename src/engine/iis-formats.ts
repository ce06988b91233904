// Files of IIS for the loader of configurations: the two rooms do not know each other. What reads them is loaded when there
// is something to read: a router without sites starts sooner.
import type { ForeignFormats } from '../control/config/foreign-formats.ts';
import type { FolderFiles } from '../control/iis/folder-files.ts';
import type { IisOptions } from '../control/iis/iis-options.ts';
import type { RouterOptions } from './router-options.ts';

/** Opens PFX files (CONTRACT 1). */
export const PASSPHRASE = 'NARROWS_PFX_PASSWORD';

/** @param folderFiles gets the web.config files in the folders of sites, and says which are left out */
export function iisFormats(options: RouterOptions, folderFiles: FolderFiles): ForeignFormats {
  const reading = { ...iisOptions(options), folderFiles };
  return {
    async read(text, file) {
      const { readIis } = await import('../control/iis/read-iis.ts');
      return readIis(text, file, reading);
    },
    async addSiteFiles(root) {
      const { addSiteFiles } = await import('../control/iis/add-site-files.ts');
      return addSiteFiles(root, reading);
    },
  };
}

/** What the reading of IIS files is told. */
export function iisOptions(options: RouterOptions): IisOptions {
  const { pathMap = {}, certificates, clientAuthorities, skipHttps = false } = options;
  const passphrase = process.env[PASSPHRASE];
  return {
    env: process.env,
    pathMap,
    certificates: certificates ?? null,
    clientAuthorities: clientAuthorities ?? null,
    skipHttps,
    ...(passphrase === undefined ? {} : { pfxPassphrase: passphrase }),
  };
}
