// httpErrors of a level: where its pages are.

import type { ConfigPath } from '../../model/config.ts';
import type { ErrorPageConfig, ErrorResponseMode, HttpErrorsConfig } from '../../model/level-settings.ts';
import type { ConfigSource } from './config-source.ts';
import { inheritList } from './inherit-list.ts';
import type { ProblemList } from './problem-list.ts';
import type { Layer } from './site-layers.ts';

/** Paths below the folders of a Windows machine, such as the pages that IIS installs: they are not here. */
const ELSEWHERE = /^(?:%|[A-Za-z]:|\/\/)/;

export function buildHttpErrors(
  above: HttpErrorsConfig,
  { settings, at }: Layer,
  source: ConfigSource,
  problems: ProblemList,
): HttpErrorsConfig {
  const own = settings.httpErrors;
  if (own === undefined) return above;
  const place = [...at, 'httpErrors'];
  const fallback = own.defaultResponseMode ?? 'File';
  const pages = (own.errors?.list ?? []).flatMap(({ statusCode, subStatusCode, ...page }) => {
    const built = buildPage(
      page.responseMode ?? fallback,
      page.path,
      page.prefixLanguageFilePath,
      [...place, 'errors'],
      source,
      problems,
    );
    return built === null ? [] : [{ statusCode, subStatusCode, ...built }];
  });
  const errors = inheritList(above.errors, own.errors && { ...own.errors, list: pages }, keyOf);
  const defaultPage =
    own.defaultPath === undefined || own.defaultPath === ''
      ? null
      : buildPage(fallback, own.defaultPath, '', [...place, 'defaultPath'], source, problems);
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
  responseMode: ErrorResponseMode,
  path: string,
  languages: string,
  at: ConfigPath,
  source: ConfigSource,
  problems: ProblemList,
): ErrorPageConfig | null {
  if (responseMode === 'ExecuteURL' && !path.startsWith('/')) {
    problems.error(at, `"${path}" is not the path of a URL`, 'write it like /errors/404.html');
    return null;
  }
  if (responseMode !== 'File') return { responseMode, path, languageFolder: '' };
  const [file, folder] = [path.replaceAll('\\', '/'), languages.replaceAll('\\', '/')];
  if (ELSEWHERE.test(folder === '' ? file : folder)) return null;
  const languageFolder = folder === '' ? '' : source.resolvePath(at, folder);
  return { responseMode, path: folder === '' ? source.resolvePath(at, file) : file, languageFolder };
}
