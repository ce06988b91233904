// Values of sections that are paths of the machine they come from: they are replaced by what they are here, before the
// section is written.
import type { PathOptions } from './iis-options.ts';
import { isWindowsPath, mapPath } from './path-map.ts';
import type { Section, SectionValue } from './read-section.ts';
import type { Report } from './report.ts';

/** @param name of the section, by path below system.webServer */
export function mapValues(section: Section, name: string, options: PathOptions, report: Report): void {
  if (name === 'httpErrors') mapErrorPages(section, options, report);
  if (name === 'rewrite/providers') mapProviderFiles(section, options, report);
}

/** Pages that are not here are left out: ours are sent then, and only the report says so. Each Windows has such entries. */
function mapErrorPages(section: Section, options: PathOptions, report: Report): void {
  section.items = section.items.filter((item) => {
    const folder = item.values.get('prefixLanguageFilePath');
    const value = folder && folder.value !== '' ? folder : item.values.get('path');
    if (!value || !isElsewhere(value)) return true;
    if (mapValue(value, options)) return true;
    const note = 'the page is not here, ours is sent: map its folder with --map';
    report.row(item.element.place, item.path, 'unsupported', note);
    return false;
  });
}

/** Files that the built-in providers read (url-rewrite.md 15). */
function mapProviderFiles(section: Section, options: PathOptions, report: Report): void {
  for (const provider of section.items) {
    for (const setting of provider.parts.get('settings')?.items ?? []) {
      const value = setting.values.get('value');
      if (setting.values.get('key')?.value !== 'FilePath' || !value) continue;
      if (!isElsewhere(value)) {
        value.value = String(value.value).replaceAll('\\', '/'); // {DOCUMENT_ROOT}\redirects.txt
        continue;
      }
      const mapped = mapPath(String(value.value), value.attribute.valuePlace.file, options);
      if ('path' in mapped) value.value = mapped.path;
      else report.error(value.attribute.valuePlace, `FilePath: ${mapped.fault}`, mapped.suggestion);
    }
  }
}

function isElsewhere({ value }: SectionValue): boolean {
  return isWindowsPath(String(value)) || String(value).startsWith('%');
}

function mapValue(value: SectionValue, options: PathOptions): boolean {
  const mapped = mapPath(String(value.value), value.attribute.valuePlace.file, options);
  if ('path' in mapped) value.value = mapped.path;
  return 'path' in mapped;
}
