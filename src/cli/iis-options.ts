// Options that files of IIS need, for every command that takes a configuration (CONTRACT 1).
import type { Command } from 'commander';
import type { RouterOptions } from '../index.ts';
import { mappedPath } from './option-values.ts';

export interface IisCommandOptions {
  map?: Record<string, string>;
  certificates?: string;
  clientAuthorities?: string;
  skipHttps?: boolean;
}

/** Adds them to `command`. */
export function withIisOptions(command: Command): Command {
  return command
    .option(
      '--map <windows=here>',
      "what a Windows or UNC path of IIS files is here, as 'C:\\inetpub=/srv/www'; may be repeated",
      mappedPath,
    )
    .option(
      '--certificates <folder>',
      'certificates of https bindings in IIS files: host.pfx, _.example.com.pfx, or name.pem with name.key; a passphrase is taken from NARROWS_PFX_PASSWORD',
    )
    .option(
      '--client-authorities <file>',
      'authorities that sign for clients, PEM: https bindings in IIS files then ask for certificates, as SslRequireCert and SslNegotiateCert want',
    )
    .option('--skip-https', 'https bindings of IIS files need no certificate and are not opened');
}

/** As the router takes them. */
export function iisOptions({ map, certificates, clientAuthorities, skipHttps }: IisCommandOptions): RouterOptions {
  return {
    ...(map === undefined ? {} : { pathMap: map }),
    ...(certificates === undefined ? {} : { certificates }),
    ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
    ...(skipHttps === undefined ? {} : { skipHttps }),
  };
}
