// Rewrite providers as written → their configuration (url-rewrite.md 15). The files of the built-in ones are read here.
import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { ConfigPath } from '../../model/config.ts';
import { type ProviderConfig, shortTypeName } from '../../model/provider-config.ts';
import type { ConfigSource } from './config-source.ts';
import type { ProblemList } from './problem-list.ts';
import { mapEntries, providerLines } from './provider-file.ts';
import type { Written } from './root-schema.ts';

type WrittenProvider = Written['providers'][string];

export interface ProviderSurroundings {
  source: ConfigSource;
  /** The folder that {DOCUMENT_ROOT} stands for; null where there is no site, or it has none. */
  documentRoot: string | null;
  /** The folders that the site serves from. */
  folders: readonly string[];
  problems: ProblemList;
}

/** @param path of the section. What cannot be read is empty, with an error: what calls it is not at fault then */
export function buildProviders(
  written: Written['providers'],
  path: ConfigPath,
  around: ProviderSurroundings,
): ProviderConfig[] {
  return Object.entries(written).flatMap(([name, provider]) => {
    const at = [...path, name];
    switch (shortTypeName(provider.type).toLowerCase()) {
      case 'filemapprovider':
        return fileMap(name, provider, at, around);
      case 'filecontainsprovider':
        return fileContains(name, provider, at, around);
      default:
        return { kind: 'extension' as const, name, type: provider.type, settings: provider.settings, path: at };
    }
  });
}

function fileMap(
  name: string,
  provider: WrittenProvider,
  at: ConfigPath,
  around: ProviderSurroundings,
): ProviderConfig {
  const settings = settingsOf(provider, ['FilePath', 'IgnoreCase', 'Separator'], at, around.problems);
  const { file, lines } = linesOf(settings, at, around);
  const separator = settings.get('separator') || '\t';
  const { entries, firstWithout } = mapEntries(lines, separator);
  if (firstWithout > 0) {
    const message = `line ${firstWithout} of ${file} has no separator ${JSON.stringify(separator)}`;
    around.problems.warning([...at, 'settings'], message, 'such lines are left out');
  }
  return { kind: 'fileMap', name, file, ignoreCase: isOn(settings.get('ignorecase')), entries };
}

function fileContains(
  name: string,
  provider: WrittenProvider,
  at: ConfigPath,
  around: ProviderSurroundings,
): ProviderConfig {
  const settings = settingsOf(provider, ['FilePath', 'IgnoreCase'], at, around.problems);
  const { file, lines } = linesOf(settings, at, around);
  const written = lines.filter((line) => line !== '');
  return { kind: 'fileContains', name, file, ignoreCase: isOn(settings.get('ignorecase')), lines: written };
}

/** By lower-case key. */
function settingsOf(
  { type, settings }: WrittenProvider,
  known: string[],
  at: ConfigPath,
  problems: ProblemList,
): ReadonlyMap<string, string> {
  for (const key of Object.keys(settings)) {
    if (known.some((each) => each.toLowerCase() === key.toLowerCase())) continue;
    const message = `${shortTypeName(type)} has no setting ${key}`;
    problems.warning([...at, 'settings', key], message, `expected ${known.join(', ')}`);
  }
  return new Map(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), value]));
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value?.toLowerCase() === 'true';
}

const NOTHING = { file: '', lines: [] };

function linesOf(
  settings: ReadonlyMap<string, string>,
  at: ConfigPath,
  { source, documentRoot, folders, problems }: ProviderSurroundings,
): { file: string; lines: string[] } {
  const written = settings.get('filepath') ?? '';
  const place = [...at, 'settings', ...(settings.has('filepath') ? ['FilePath'] : [])];
  if (written.trim() === '') {
    problems.error(place, 'the provider needs the setting FilePath', 'add FilePath: the file with its lines');
    return NOTHING;
  }
  if (/\{DOCUMENT_ROOT\}/i.test(written) && documentRoot === null) {
    problems.error(place, '{DOCUMENT_ROOT} is the folder of a site, and there is none here', 'write the folder');
    return NOTHING;
  }
  const file = source.resolvePath(
    place,
    written.replace(/\{DOCUMENT_ROOT\}/gi, () => documentRoot!),
  );
  try {
    if (source.isOfSite(place) && !folders.some((folder) => isFileBelow(folder, file))) {
      problems.error(place, `${file} is outside the folder of the site`, 'put the file below it');
      return NOTHING;
    }
    return { file, lines: providerLines(file) };
  } catch (error) {
    problems.error(
      place,
      `the file of the provider cannot be read: ${whyUnreadable(error)}`,
      `expected a readable file ${file}`,
    );
    return NOTHING;
  }
}

/** Links are followed first: they can be made by whoever may write into the folder. */
function isFileBelow(folder: string, file: string): boolean {
  return realpathSync(file).startsWith(realpathSync(folder).replace(/[\\/]*$/, sep));
}
