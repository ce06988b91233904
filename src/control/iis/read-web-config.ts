// A web.config, or what stands like one in applicationHost.config → the layers of settings that it lays over URL paths.
import { closestWord } from '../../base/closest-word.ts';
import { warnOfLostUsers } from './lost-protection.ts';
import { unsentLevel } from './program-files.ts';
import { type Level, type LevelOptions, readLevel } from './read-level.ts';
import type { Report } from './report.ts';
import { knownSections, otherRootSections, sectionGroups } from './section-table.ts';
import { attributeOf, childrenOf, elementsAt, isEmpty, type XmlElement } from './xml-tree.ts';

/** Settings of one URL path. */
export interface Layer {
  /** URL path, such as `/` or `/shop`. */
  path: string;
  /** False: applications below do not inherit it. */
  inherits: boolean;
  element: XmlElement;
  level: Level;
}

const LOCATION_ATTRIBUTES = ['path', 'inheritInChildApplications', 'overrideMode', 'allowOverride'];

/** The layers of a web.config whose folder has the URL path `base`. */
export function readWebConfig(root: XmlElement, base: string, report: Report, options: LevelOptions): Layer[] {
  const layers: Layer[] = [];
  for (const child of root.children) {
    if (child.name === 'location') {
      const location = readLocation(child, `configuration/${labelOf(child)}`, report);
      if (location) layers.push(...layersOf(location, joinPaths(base, location.path), options, report));
    } else if (child.name === 'system.webServer') {
      layers.push(...layersAt(child, base, true, 'configuration/system.webServer', options, report));
    } else passOverRootSection(child, `configuration/${child.name}`, report);
  }
  return layers;
}

export interface Location {
  element: XmlElement;
  /** As written, without slashes at its ends. */
  path: string;
  inherits: boolean;
  reportPath: string;
}

/** Reads the attributes of a location element; what stands in it is not looked at. */
export function readLocation(element: XmlElement, reportPath: string, report: Report): Location | null {
  report.row(element.place, reportPath);
  for (const { name, place } of element.attributes) {
    const at = `${reportPath}/@${name}`;
    if (!LOCATION_ATTRIBUTES.includes(name)) {
      report.error(place, `<location> has no attribute ${name}`, `expected ${LOCATION_ATTRIBUTES.join(', ')}`);
    } else if (/verride/.test(name)) {
      report.row(place, at, 'unsupported', 'locks are not enforced: whoever may write a file decides');
    } else report.row(place, at);
  }
  const path = (attributeOf(element, 'path') ?? '').trim().replace(/^[./\\]+$|^\/+|\/+$/g, '');
  const inherits = attributeOf(element, 'inheritInChildApplications')?.toLowerCase() !== 'false';
  return { element, path, inherits, reportPath };
}

/** The layers that a location element makes at the URL path `path`. */
export function layersOf(location: Location, path: string, options: LevelOptions, report: Report): Layer[] {
  const { element, inherits, reportPath } = location;
  for (const child of element.children) {
    if (child.name !== 'system.webServer') passOverRootSection(child, `${reportPath}/${child.name}`, report);
  }
  return childrenOf(element, 'system.webServer').flatMap((child) =>
    layersAt(child, path, inherits, `${reportPath}/system.webServer`, options, report),
  );
}

/** The layer of the path, and one for each file that stands for a program. */
function layersAt(
  element: XmlElement,
  path: string,
  inherits: boolean,
  reportPath: string,
  options: LevelOptions,
  report: Report,
): Layer[] {
  report.row(element.place, reportPath);
  const level = readLevel(element, reportPath, options, report);
  // What the server says of one file it says of all sites, and a level of the server has no path.
  const names = options.isServer ? [] : level.programFiles;
  const files = names.map((name): Layer => {
    const unsent = { settings: unsentLevel(element.place), globalRules: null, proxy: null, programFiles: [] };
    return { path: joinPaths(path, name), inherits, element, level: unsent };
  });
  return [{ path, inherits, element, level }, ...files];
}

/** Elements of the configuration that are read: one that nearly has their name must not be lost. */
const OURS = ['system.webServer', 'system.applicationHost', 'webFarms', 'location'];

export function passOverRootSection(element: XmlElement, path: string, report: Report): void {
  const fate = Object.hasOwn(otherRootSections, element.name) ? otherRootSections[element.name] : undefined;
  const near = fate ? null : closestWord(element.name, OURS);
  if (sectionGroups.has(element.name) || Object.hasOwn(knownSections, element.name))
    report.error(element.place, `<${element.name}> stands in <system.webServer>`, 'put it there');
  else if (near !== null)
    report.error(element.place, `there is no section <${element.name}>`, `did you mean <${near}>?`);
  warnOfLostUsers(element, report);
  const verdict = isEmpty(element) ? 'exact' : (fate?.verdict ?? 'unsupported');
  report.row(element.place, path, verdict, fate?.note ?? 'it is not known here');
}

/** `/shop` and `a/b` are `/shop/a/b`. */
export function joinPaths(base: string, path: string): string {
  const below = path.replaceAll('\\', '/').replace(/^\/+|\/+$/g, '');
  return below === '' ? base : `${base === '/' ? '' : base}/${below}`;
}

export function labelOf(location: XmlElement): string {
  return `location[@path='${attributeOf(location, 'path') ?? ''}']`;
}

/** Sections that configSections declares, by their paths: `system.webServer/rewrite/rules`. */
export function declaredSections(root: XmlElement): Set<string> {
  const declared = new Set<string>();
  const visit = (group: XmlElement, prefix: string): void => {
    for (const section of childrenOf(group, 'section')) declared.add(`${prefix}${attributeOf(section, 'name')}`);
    for (const inner of childrenOf(group, 'sectionGroup')) visit(inner, `${prefix}${attributeOf(inner, 'name')}/`);
  };
  for (const sections of elementsAt(root, 'configSections')) visit(sections, '');
  return declared;
}
