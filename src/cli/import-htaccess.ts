// `narrows import-htaccess`: rules of Apache's mod_rewrite become rules here.
import type { Command } from 'commander';
import { importHtaccessFiles } from '../index.ts';
import { type ImportOptions, importCommand, runImport } from './import-command.ts';

export function registerImportHtaccess(program: Command): void {
  importCommand(
    program,
    'import-htaccess',
    'turn the mod_rewrite directives of .htaccess or httpd.conf files into a configuration, and say what was lost',
  ).action((files: string[], options: ImportOptions) =>
    runImport(options, () => importHtaccessFiles(files, options.output ?? null)),
  );
}
