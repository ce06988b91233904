// Files of IIS for the loader of configurations: the two rooms do not know each other.
import type { ForeignFormats } from '../control/config/foreign-formats.ts';
import { addSiteFiles } from '../control/iis/add-site-files.ts';
import type { IisOptions } from '../control/iis/iis-options.ts';
import { readIis } from '../control/iis/read-iis.ts';
import type { RouterOptions } from './router-options.ts';

/** Opens PFX files (CONTRACT 1). */
const PASSPHRASE = 'NARROWS_PFX_PASSWORD';

export function iisFormats({ pathMap = {}, certificates, skipHttps = false }: RouterOptions): ForeignFormats {
  const passphrase = process.env[PASSPHRASE];
  const options: IisOptions = {
    env: process.env,
    pathMap,
    certificates: certificates ?? null,
    skipHttps,
    ...(passphrase === undefined ? {} : { pfxPassphrase: passphrase }),
  };
  return { read: (text, file) => readIis(text, file, options), addSiteFiles: (root) => addSiteFiles(root, options) };
}
