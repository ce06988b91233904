// logFile of the sites → `accessLog`, which is one for the router: that of the first site, else of siteDefaults.
import { join } from 'node:path';
import type { MapNode } from '../../model/config-node.ts';
import type { IisOptions } from './iis-options.ts';
import { isFolder, mapPath } from './path-map.ts';
import type { Section } from './read-section.ts';
import type { Report } from './report.ts';
import { mapNode, put, scalar } from './write-section.ts';

/** logExtFileFlags and the fields they stand for, in the order of IIS. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['Date', 'date'],
  ['Time', 'time'],
  ['ServerIP', 's-ip'],
  ['Method', 'cs-method'],
  ['UriStem', 'cs-uri-stem'],
  ['UriQuery', 'cs-uri-query'],
  ['ServerPort', 's-port'],
  ['UserName', 'cs-username'],
  ['ClientIP', 'c-ip'],
  ['ProtocolVersion', 'cs-version'],
  ['UserAgent', 'cs(User-Agent)'],
  ['Cookie', 'cs(Cookie)'],
  ['Referer', 'cs(Referer)'],
  ['Host', 'cs-host'],
  ['HttpStatus', 'sc-status'],
  ['HttpSubStatus', 'sc-substatus'],
  ['Win32Status', 'sc-win32-status'],
  ['BytesSent', 'sc-bytes'],
  ['BytesRecv', 'cs-bytes'],
  ['TimeTaken', 'time-taken'],
];

/** Adds `accessLog` to `tree` where the folder of the logs is mapped to one that is there. */
export function writeAccessLog(sites: Section, tree: MapNode, options: IisOptions, report: Report): void {
  const [first] = sites.items;
  const defaults = sites.parts.get('siteDefaults')?.parts.get('logFile');
  const own = first?.parts.get('logFile');
  const value = (name: string) => own?.values.get(name) ?? defaults?.values.get(name);
  const directory = value('directory');
  if (!directory || value('enabled')?.value === false) return;
  const { attribute } = directory;
  const mapped = mapPath(String(directory.value), attribute.valuePlace.file, options);
  if ('fault' in mapped || !isFolder(mapped.path)) {
    const source = own?.values.has('directory') ? own : defaults;
    report.row(attribute.place, `${source!.path}/@directory`, 'unsupported', 'map it with --map, or write accessLog');
    return;
  }
  const log = mapNode(attribute.place);
  const hour = value('period')?.value === 'Hourly' ? '%H' : '';
  const id = sites.items.length === 1 ? `W3SVC${first!.values.get('id')?.value ?? 1}` : 'W3SVC';
  put(log, 'path', scalar(join(mapped.path, id, `u_ex%y%m%d${hour}.log`), attribute.valuePlace));
  put(log, 'format', scalar('w3c', attribute.valuePlace));
  addFields(value('logExtFileFlags'), log);
  put(tree, 'accessLog', log);
}

function addFields(written: ReturnType<Section['values']['get']>, log: MapNode): void {
  if (!written) return;
  const flags = String(written.value)
    .split(',')
    .map((flag) => flag.trim().toLowerCase());
  const { valuePlace } = written.attribute;
  const items = FIELDS.filter(([flag]) => flags.includes(flag.toLowerCase())).map(([, field]) =>
    scalar(field, valuePlace),
  );
  if (items.length > 0) put(log, 'fields', { kind: 'list', place: valuePlace, items });
}
