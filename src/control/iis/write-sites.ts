// A site of applicationHost.config → the same under `sites`: its number, bindings, folders and applications. What
// location elements and web.config files say about it comes from elsewhere.
import type { MapNode } from '../../model/config-node.ts';
import type { IisOptions } from './iis-options.ts';
import { isFolder, mapPath } from './path-map.ts';
import type { Section } from './read-section.ts';
import { joinPaths } from './read-web-config.ts';
import type { Report } from './report.ts';
import { type TlsListeners, writeBindings } from './write-bindings.ts';
import { mapNode, put, scalar, valueNode } from './write-section.ts';

/** The site, or null where no request reaches it in IIS either. */
export function writeSite(
  site: Section,
  listeners: TlsListeners,
  options: IisOptions,
  report: Report,
): { name: string; node: MapNode } | null {
  const { element, values } = site;
  const name = values.get('name');
  if (!name) return null; // a fault already
  const leaveOut = (reason: string): null => {
    report.row(element.place, site.path, 'approximated', `it is left out: ${reason}`);
    report.warning(element.place, `site "${name.value}" is left out: ${reason}`);
    return null;
  };
  if (values.get('serverAutoStart')?.value === false) return leaveOut('its serverAutoStart is false');
  const node = mapNode(element.place);
  const id = values.get('id');
  if (id) put(node, 'id', valueNode(id), id.attribute.place);
  const bindings = writeBindings(site, listeners, options, report);
  if (bindings) put(node, 'bindings', bindings);
  // Without bindings it would take every request.
  else if (site.parts.get('bindings')?.items.length) return leaveOut('it has no binding for http');
  const hasRoot = addFolders(site, node, options, report);
  if (!hasRoot)
    report.warning(element.place, `site "${name.value}" has no folder: it has no application / with a directory /`);
  return { name: String(name.value), node };
}

/** `root`, `applications` and `virtualDirectories`. @returns whether a root is written, be it there or not */
function addFolders(site: Section, node: MapNode, options: IisOptions, report: Report): boolean {
  let hasRoot = false;
  const directories = mapNode(site.element.place);
  const applications: Section[] = [];
  for (const application of site.items) {
    const path = joinPaths('/', String(application.values.get('path')?.value ?? '/'));
    if (path !== '/') applications.push(application);
    for (const directory of application.items) {
      const url = joinPaths(path, String(directory.values.get('path')?.value ?? '/'));
      const folder = folderOf(directory, options, report);
      const keyPlace = directory.element.place;
      hasRoot ||= url === '/';
      if (folder === null) continue;
      if (url === '/') put(node, 'root', folder);
      else put(directories, url, folder, keyPlace);
    }
  }
  if (applications.length > 0) {
    const items = applications.map((each) =>
      scalar(joinPaths('/', String(each.values.get('path')?.value)), each.element.place),
    );
    put(node, 'applications', { kind: 'list', place: applications[0]!.element.place, items });
  }
  if (directories.entries.size > 0) put(node, 'virtualDirectories', directories);
  return hasRoot;
}

/** A folder that is not there would be a site without its rules: that is never started. */
function folderOf(directory: Section, options: IisOptions, report: Report) {
  const written = directory.values.get('physicalPath');
  if (!written) return null; // a fault already
  const { valuePlace } = written.attribute;
  const mapped = mapPath(String(written.value), valuePlace.file, options);
  if ('fault' in mapped) {
    report.error(valuePlace, mapped.fault, mapped.suggestion);
    return null;
  }
  if (!isFolder(mapped.path)) {
    const shown = mapped.path === written.value ? mapped.path : `${mapped.path} (${written.value})`;
    report.error(valuePlace, `there is no folder ${shown}`, 'make it, or map the path to another with --map');
    return null;
  }
  return scalar(mapped.path, valuePlace);
}
