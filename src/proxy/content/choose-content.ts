// Which file of a site answers a URL: the decision alone, so that explain can ask for it too. Nothing is opened.
import { basename, dirname } from 'node:path';
import { extensionOf } from '../../base/extension-of.ts';
import { type FoundFile, findFile } from '../../base/find-file.ts';
import { type Answer, type FileAnswer, type LocalAnswer, redirectAnswer } from '../../model/answer.ts';
import { ProxyError, siteConfigBroken } from '../../model/proxy-error.ts';
import type { FolderAndRest, Site } from '../../model/site.ts';
import type { RequestHead } from '../../wire/http1/request-head.ts';
import { decodePath, encodePath, pathEnd } from '../../wire/target.ts';
import type { ContentLevel } from './content-level.ts';
import type { Choice, FileMemory } from './file-memory.ts';
import { chooseEncoded, findNeighbours } from './precompressed.ts';

const ALLOW = 'GET, HEAD, OPTIONS';

/**
 * @param target path and query as rules left them
 * @param memory of the files of all sites
 * @returns null where the site has no folder for the path
 * @throws ProxyError siteConfigBroken, fileNotFound, segmentHidden, extensionDenied, notListed, typeNotServed, methodNotAllowed
 */
export async function chooseContent(
  site: Site,
  level: ContentLevel,
  target: string,
  head: RequestHead,
  memory: FileMemory,
): Promise<Answer | null> {
  const path = decodePath(target);
  const isRead = head.method === 'GET' || head.method === 'HEAD';
  const key = `${site.config.id} ${path}`;
  const recalled = isRead ? await memory.recall(key) : null;
  if (recalled !== null) {
    level.names.check(path);
    return fileAnswer(recalled, level, target, head, memory);
  }
  const place = site.folderOf(path);
  if (place === null) return null;
  const { ignoreCase } = site.config;
  if (head.method === 'OPTIONS') return options();
  let found = await findFile(place.folder, place.rest, ignoreCase);
  if (found === null) throw new ProxyError('fileNotFound', `site ${site.name} has no file for ${path}`);
  level.names.check(path);
  requireRead(head.method);
  const asked = found.path;
  if (found.kind === 'directory') {
    if (!path.endsWith('/')) return addSlash(path, target);
    found = await findDefault(site, path, place, level);
    if (found === null) throw notListed(level, path);
  }
  const choice = { file: found, neighbours: await findNeighbours(place.folder, found) };
  const answer = fileAnswer(choice, level, target, head, memory);
  await memory.remember(key, choice, asked === found.path ? [dirname(asked)] : [asked, dirname(found.path)]);
  return answer;
}

/** As IIS answers it for files, whether there is one or not: what a browser asks before a request to another site. */
function options(): LocalAnswer {
  const fields = [['Allow', ALLOW]] as const;
  return { kind: 'answer', status: 200, subStatus: 0, reason: 'OK', fields, contentType: '', body: '' };
}

function requireRead(method: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  const reason = `a file can be read, and nothing else: ${method} is for an application, which no rule sent this request to`;
  throw new ProxyError('methodNotAllowed', reason, undefined, [['Allow', ALLOW]]);
}

/** Links on the page of a folder are relative to it: they need the slash. */
function addSlash(path: string, target: string): LocalAnswer {
  const location = `${encodePath(path)}/${target.slice(pathEnd(target))}`;
  return redirectAnswer(301, location, 'The page of this folder is found with a slash at the end.');
}

/** @throws ProxyError siteConfigBroken for a name with a folder whose web.config is broken */
async function findDefault(
  site: Site,
  path: string,
  { folder, rest }: FolderAndRest,
  { defaultFiles }: ContentLevel,
): Promise<FoundFile | null> {
  for (const name of defaultFiles) {
    const found = await findFile(folder, `${rest}/${name}`, site.config.ignoreCase);
    if (found?.kind !== 'file') continue;
    const broken = site.brokenAbove(`${path}/${name}`.replace(/\/{2,}/g, '/'));
    if (broken !== null) throw siteConfigBroken(broken);
    return found;
  }
  return null;
}

function notListed({ defaultFiles }: ContentLevel, path: string): ProxyError {
  const missing = defaultFiles.length === 0 ? 'default documents are off' : `it has none of ${defaultFiles.join(', ')}`;
  return new ProxyError('notListed', `${path} is a folder: ${missing}, and what is in a folder is not listed`);
}

function fileAnswer(
  { file, neighbours }: Choice,
  level: ContentLevel,
  target: string,
  head: RequestHead,
  memory: FileMemory,
): FileAnswer {
  const name = basename(file.path);
  const contentType = level.typeOf(name);
  if (contentType === undefined) throw noType(extensionOf(name));
  const encoded = chooseEncoded(neighbours, head.field('accept-encoding'));
  const fields = [...level.cacheFields];
  if (encoded !== null) fields.push(['Content-Encoding', encoded.coding]);
  if (neighbours.length > 0) fields.push(['Vary', 'Accept-Encoding']);
  return {
    kind: 'file',
    status: 200,
    subStatus: 0,
    reason: 'OK',
    url: target,
    path: file.path,
    source: encoded?.file ?? file,
    memory,
    contentType,
    fields,
    tagSuffix: level.setEtag ? (encoded === null ? '' : `-${encoded.coding}`) : null,
  };
}

/** What a server runs: sent as files, they would tell their source, and the passwords in it. */
const PROGRAMS: ReadonlySet<string> = new Set(
  '.php .phtml .asp .aspx .ashx .asmx .cshtml .vbhtml .jsp .cgi .pl .py .rb .cfm .dll .exe'.split(' '),
);

function noType(extension: string): ProxyError {
  if (PROGRAMS.has(extension)) {
    const reason = `files that end in ${extension} are programs, which are not run here: a rule has to send this request to a server that runs them`;
    return new ProxyError('typeNotServed', reason);
  }
  const line = `mimeMap: { "${extension}": application/octet-stream }`;
  return new ProxyError(
    'typeNotServed',
    `files that end in ${extension} have no type; with staticContent.${line} they have`,
  );
}
