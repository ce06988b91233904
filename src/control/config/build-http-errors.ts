// httpErrors of a level: where its pages are.

import { dirname, relative, sep } from 'node:path';
import type { ConfigPath } from '../../model/config.ts';
import type { ErrorPageConfig, ErrorResponseMode, HttpErrorsConfig } from '../../model/level-settings.ts';
import type { ConfigSource } from './config-source.ts';
import { inheritList } from './inherit-list.ts';
import type { ProblemList } from './problem-list.ts';
import type { Layer } from './site-layers.ts';

/** Paths below the folders of a Windows machine, such as the pages that IIS installs: they are not here. */
const ELSEWHERE = /^(?:%|[A-Za-z]:|\/\/)/;

/** What its pages are found with. */
interface Place {
  /** Folder of the site. */
  root: string | null;
  source: ConfigSource;
  problems: ProblemList;
}

interface WrittenPage {
  responseMode: ErrorResponseMode;
  path: string;
  prefixLanguageFilePath: string;
}

/** @param root folder of the site */
export function buildHttpErrors(
  above: HttpErrorsConfig,
  { settings, at }: Layer,
  root: string | null,
  source: ConfigSource,
  problems: ProblemList,
): HttpErrorsConfig {
  const own = settings.httpErrors;
  if (own === undefined) return above;
  const place = { root, source, problems };
  const section = [...at, 'httpErrors'];
  const fallback = own.defaultResponseMode ?? 'File';
  const pages = (own.errors?.list ?? []).flatMap(({ statusCode, subStatusCode, responseMode, ...page }, index) => {
    const built = buildPage(
      { ...page, responseMode: responseMode ?? fallback },
      [...section, 'errors', 'list', index, 'path'],
      place,
    );
    return built === null ? [] : [{ statusCode, subStatusCode, ...built }];
  });
  const errors = inheritList(above.errors, own.errors && { ...own.errors, list: pages }, keyOf);
  const { defaultPath = '' } = own;
  const page = { responseMode: fallback, path: defaultPath, prefixLanguageFilePath: '' };
  const defaultPage = defaultPath === '' ? null : buildPage(page, [...section, 'defaultPath'], place);
  return {
    errorMode: own.errorMode ?? above.errorMode,
    existingResponse: own.existingResponse ?? above.existingResponse,
    defaultPage: own.defaultPath === undefined ? above.defaultPage : defaultPage,
    errors,
  };
}

/** As `remove` names it: `404`, `404.3`. */
function keyOf({ statusCode, subStatusCode }: { statusCode: number; subStatusCode: number }): string {
  return subStatusCode === -1 ? `${statusCode}` : `${statusCode}.${subStatusCode}`;
}

/** Null for a page that cannot be here: then ours is sent. */
function buildPage(
  { responseMode, path, prefixLanguageFilePath }: WrittenPage,
  at: ConfigPath,
  place: Place,
): ErrorPageConfig | null {
  const { problems } = place;
  if (responseMode === 'ExecuteURL' && !path.startsWith('/')) {
    problems.error(at, `"${path}" is not the path of a URL`, 'write it like /errors/404.html');
    return null;
  }
  if (responseMode !== 'File') return { responseMode, path, folder: '', languageFolder: null };
  const [file, languages] = [path.replaceAll('\\', '/'), prefixLanguageFilePath.replaceAll('\\', '/')];
  if (ELSEWHERE.test(languages === '' ? file : languages)) return null;
  const absolute = place.source.resolvePath(at, languages === '' ? file : languages);
  const folder = folderFor(absolute, languages !== '', at, place);
  if (folder === null) return null;
  const below = relative(folder, absolute).replaceAll(sep, '/');
  return languages === ''
    ? { responseMode, path: below, folder, languageFolder: null }
    : { responseMode, path: file, folder, languageFolder: below };
}

/** A web.config may name files of its site alone, also the one that is all of the configuration. */
function folderFor(
  absolute: string,
  isFolder: boolean,
  at: ConfigPath,
  { root, source, problems }: Place,
): string | null {
  if (!source.isOfSite(at) && !/web\.config$/i.test(source.locate(at).file))
    return isFolder ? absolute : dirname(absolute);
  const isInside = root !== null && (absolute === root || absolute.startsWith(root + sep));
  if (!isInside) problems.error(at, `${absolute} is outside the folder of the site`, 'put the page below it');
  return isInside ? root : null;
}
