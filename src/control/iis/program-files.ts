// Files that stand for a program: `handlers` of IIS give their requests to it. It is not run here, and sent as they are
// its files would tell its source and its passwords.
import { extensionOf } from '../../base/extension-of.ts';
import type { ConfigNode, MapNode, Place } from '../../model/config-node.ts';
import { defaultMediaTypes } from '../../wire/media-type-table.ts';
import type { Report } from './report.ts';
import { mapNode, put, scalar } from './write-section.ts';
import { attributeOf, childrenOf, type XmlElement } from './xml-tree.ts';

type Settings = Map<string, { keyPlace: Place; node: ConfigNode }>;

const HOW = 'send its requests by a rule to a server that runs it';

/**
 * Takes the types of such files from `settings`, what the system.webServer `element` says.
 * @returns the single files among them, such as the server.js of iisnode, which rules lead all requests to
 */
export function withholdProgramFiles(element: XmlElement, settings: Settings, report: Report): string[] {
  const mappings = childrenOf(element, 'handlers').flatMap((handlers) =>
    childrenOf(handlers, 'add').filter(takesReads),
  );
  const forAll = mappings.find((mapping) => pathsOf(mapping).includes('*'));
  if (forAll && !sendsFiles(forAll)) {
    if (!answersNobody(forAll)) report.warning(forAll.place, `${told(forAll)}, and no file here is sent`, HOW);
    const types = typesIn(settings, forAll.place);
    for (const key of ['mimeMap', 'remove']) types.entries.delete(key);
    put(types, 'clear', scalar(true, forAll.place));
    return [];
  }
  const single: string[] = [];
  for (const mapping of mappings.filter((each) => !sendsFiles(each))) {
    for (const path of pathsOf(mapping)) {
      const extension = /^\*(\.[^*.?/]+)$/.exec(path)?.[1]?.toLowerCase();
      if (extension !== undefined) withhold(extension, mapping, settings, report);
      else if (/^[^*?/\\]+$/.test(path) && defaultMediaTypes.has(extensionOf(path))) {
        if (!answersNobody(mapping)) report.warning(mapping.place, `${told(mapping)}, and ${path} is not sent`, HOW);
        single.push(path);
      }
    }
  }
  return single;
}

/** What is so of a single file that is not sent. */
export function unsentLevel(place: Place): Settings {
  const types = mapNode(place);
  put(types, 'clear', scalar(true, place));
  return new Map([['staticContent', { keyPlace: place, node: types }]]);
}

function withhold(extension: string, mapping: XmlElement, settings: Settings, report: Report): void {
  const given = mapIn(settings.get('staticContent')?.node)?.entries.get('mimeMap')?.node;
  const own = [...(mapIn(given)?.entries.keys() ?? [])].filter((key) => key.toLowerCase() === extension);
  if (own.length === 0 && !defaultMediaTypes.has(extension)) return; // it is not sent anyway
  for (const key of own) mapIn(given)!.entries.delete(key);
  if (!answersNobody(mapping)) {
    report.warning(mapping.place, `${told(mapping)}, and no file that ends in ${extension} is sent`, HOW);
  }
  const types = typesIn(settings, mapping.place);
  const removed = types.entries.get('remove')?.node;
  const items = removed?.kind === 'list' ? removed.items : [];
  put(types, 'remove', { kind: 'list', place: mapping.place, items: [...items, scalar(extension, mapping.place)] });
}

/** The node of `staticContent`, made where there is none. */
function typesIn(settings: Settings, place: Place): MapNode {
  const before = mapIn(settings.get('staticContent')?.node);
  if (before) return before;
  const node = mapNode(place);
  settings.set('staticContent', { keyPlace: place, node });
  return node;
}

function mapIn(node: ConfigNode | undefined): MapNode | null {
  return node?.kind === 'map' ? node : null;
}

function pathsOf(mapping: XmlElement): string[] {
  return (attributeOf(mapping, 'path') ?? '').split(',').map((path) => path.trim());
}

/** Whether it is asked when a file is read. One that needs the right to execute steps aside where nobody has it. */
function takesReads(mapping: XmlElement): boolean {
  const verbs = (attributeOf(mapping, 'verb') ?? '*').split(',').map((verb) => verb.trim().toUpperCase());
  const isForFolders = attributeOf(mapping, 'resourceType')?.toLowerCase() === 'directory';
  const mayExecute = attributeOf(mapping, 'requireAccess')?.toLowerCase() === 'execute';
  return (verbs.includes('*') || verbs.includes('GET')) && !isForFolders && !mayExecute;
}

function sendsFiles(mapping: XmlElement): boolean {
  return /\bStaticFile(?:Module|Handler)\b/i.test(handlerOf(mapping));
}

/** What such a handler refuses in IIS is refused here by the missing type: nothing is lost. */
function answersNobody(mapping: XmlElement): boolean {
  return /\bHttp(?:NotFound|Forbidden)Handler\b/i.test(handlerOf(mapping));
}

function handlerOf(mapping: XmlElement): string {
  return `${attributeOf(mapping, 'modules') ?? ''} ${attributeOf(mapping, 'type') ?? ''}`;
}

function told(mapping: XmlElement): string {
  return `the handler "${attributeOf(mapping, 'name') ?? ''}" is not run here`;
}
