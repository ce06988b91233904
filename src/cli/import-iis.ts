// `narrows import-iis`: files of IIS become a YAML configuration.
import type { Command } from 'commander';
import { importIisFiles } from '../index.ts';
import { type IisCommandOptions, iisOptions, withIisOptions } from './iis-options.ts';
import { type ImportOptions, importCommand, runImport } from './import-command.ts';

export function registerImportIis(program: Command): void {
  const command = importCommand(
    program,
    'import-iis',
    'turn an applicationHost.config and web.config files into a configuration, and say what was lost',
  );
  withIisOptions(command).action((files: string[], options: ImportOptions & IisCommandOptions) =>
    runImport(options, () => importIisFiles(files, iisOptions(options), options.output ?? null)),
  );
}
