// The page that a site has for an error, as an answer: a file, or a redirect.

import { extensionOf } from '../../base/extension-of.ts';
import { type FoundFile, findFile } from '../../base/find-file.ts';
import { type Answer, redirectAnswer } from '../../model/answer.ts';
import type { ErrorPageConfig } from '../../model/level-settings.ts';
import type { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { Site } from '../../model/site.ts';
import { acceptedLanguages } from '../../wire/accept-language.ts';
import { defaultMediaTypes } from '../../wire/media-type-table.ts';
import { statusPhrase } from '../../wire/status-phrases.ts';
import { decodePath, encodeUrl } from '../../wire/target.ts';

/** Of a client that asks for no language that there is. */
const LAST_LANGUAGE = 'en-US';

/** With the fields that the status needs. @returns null when the file is not there */
export async function pageAnswer(
  ctx: RequestContext,
  site: Site,
  page: ErrorPageConfig,
  { kind: { status, subStatus }, fields }: ProxyError,
): Promise<Answer | null> {
  if (page.responseMode === 'Redirect') return redirectAnswer(302, encodeUrl(page.path), 'There is a page for this.');
  const file = page.responseMode === 'File' ? await fileOf(page, site, ctx) : await fileAt(page.path, site);
  if (file === null) return null;
  return {
    kind: 'file',
    status,
    subStatus,
    reason: statusPhrase(status),
    url: ctx.outbound.target,
    path: file.path,
    source: file,
    memory: null,
    contentType: defaultMediaTypes.get(extensionOf(file.path)) ?? 'text/html',
    fields: [...fields, ['Cache-Control', 'no-store']],
    tagSuffix: null,
  };
}

/** ExecuteURL: pages that are programs are not run here. */
async function fileAt(url: string, site: Site): Promise<FoundFile | null> {
  const path = decodePath(url);
  if (site.brokenAbove(path) !== null) return null;
  const place = site.folderOf(path);
  const found = place === null ? null : await findFile(place.folder, place.rest, site.config.ignoreCase);
  return found?.kind === 'file' ? found : null;
}

async function fileOf(page: ErrorPageConfig, site: Site, { inbound }: RequestContext): Promise<FoundFile | null> {
  const { folder, path, languageFolder } = page;
  const languages = [...acceptedLanguages(inbound.field('accept-language')), LAST_LANGUAGE];
  const paths = languageFolder === null ? [path] : languages.map((language) => `${languageFolder}/${language}/${path}`);
  for (const each of paths) {
    const found = await findFile(folder, each, site.config.ignoreCase);
    if (found?.kind === 'file') return found;
  }
  return null;
}
