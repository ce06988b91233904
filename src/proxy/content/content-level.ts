// What one level of a site says about its files, compiled: types, default documents, how long they may be kept.

import { extensionOf } from '../../base/extension-of.ts';
import type { ClientCacheConfig, LevelSettings, StaticContentConfig } from '../../model/level-settings.ts';
import { NameFilter } from '../../model/name-filter.ts';
import { utf8AsLatin1 } from '../../wire/http1/serialise.ts';
import { defaultMediaTypes } from '../../wire/media-type-table.ts';

export interface ContentLevel {
  /** Names that are looked for in a folder, in this order. */
  readonly defaultFiles: readonly string[];
  /** The type of a file of this name; undefined when it has none, and is not served. */
  typeOf(name: string): string | undefined;
  /** What is not served although it is there. */
  readonly names: NameFilter;
  /** Fields of every file: Cache-Control, Expires. */
  readonly cacheFields: readonly (readonly [name: string, value: string])[];
  readonly setEtag: boolean;
}

/** Compiles one level. */
export function compileContentLevel({ defaultDocument, staticContent, requestFiltering }: LevelSettings): ContentLevel {
  const types = mediaTypes(staticContent);
  return {
    defaultFiles: defaultDocument.enabled ? defaultDocument.files : [],
    typeOf: (name) => types.get(extensionOf(name)) ?? undefined,
    names: new NameFilter(requestFiltering),
    cacheFields: cacheFields(staticContent.clientCache),
    setEtag: staticContent.clientCache.setEtag,
  };
}

function mediaTypes({ mimeMap, onlyOwnTypes }: StaticContentConfig): ReadonlyMap<string, string | null> {
  if (onlyOwnTypes) return new Map(mimeMap);
  return mimeMap.length === 0 ? defaultMediaTypes : new Map([...defaultMediaTypes, ...mimeMap]);
}

/** As IIS writes them: what is of one's own stands before max-age. */
function cacheFields(cache: ClientCacheConfig): [string, string][] {
  const own = utf8AsLatin1(cache.cacheControlCustom);
  const control: string[] = own === '' ? [] : [own];
  if (cache.cacheControlMode === 'UseMaxAge') control.push(`max-age=${cache.cacheControlMaxAge}`);
  if (cache.cacheControlMode === 'DisableCache') control.push('no-cache');
  const fields: [string, string][] = control.length === 0 ? [] : [['Cache-Control', control.join(',')]];
  if (cache.cacheControlMode === 'UseExpires' && cache.httpExpires !== '') fields.push(['Expires', cache.httpExpires]);
  return fields;
}
