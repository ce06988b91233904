// The settings of a level beside its rules: those above it, with what each layer says put over them. One function for
// each section; none looks at another.
import type { ConfigPath } from '../../model/config.ts';
import type {
  CustomHeaderConfig,
  DefaultDocumentConfig,
  LevelSettings,
  StaticContentConfig,
} from '../../model/level-settings.ts';
import { FRAMING_FIELDS } from '../../wire/http1/framing-fields.ts';
import { isFieldName, isFieldValue, utf8AsLatin1 } from '../../wire/http1/serialise.ts';
import { buildFiltering, buildIpSecurity } from './build-filtering.ts';
import { buildHttpErrors } from './build-http-errors.ts';
import { buildHttpRedirect } from './build-http-redirect.ts';
import type { ConfigSource } from './config-source.ts';
import { inheritList } from './inherit-list.ts';
import type { ProblemList } from './problem-list.ts';
import type { Layer } from './site-layers.ts';
import type { WrittenLevel } from './site-schema.ts';

/** @param layers parents first; @param inherited by all of them; @param root folder of the site */
export function buildSettings(
  layers: readonly Layer[],
  inherited: LevelSettings,
  root: string | null,
  source: ConfigSource,
  problems: ProblemList,
): LevelSettings {
  return layers.reduce((above, layer) => putOver(above, layer, root, source, problems), inherited);
}

function putOver(
  above: LevelSettings,
  layer: Layer,
  root: string | null,
  source: ConfigSource,
  problems: ProblemList,
): LevelSettings {
  const { settings: own, at } = layer;
  return {
    customHeaders: buildCustomHeaders(above.customHeaders, own.httpProtocol, [...at, 'httpProtocol'], problems),
    defaultDocument: buildDefaultDocument(above.defaultDocument, own.defaultDocument),
    staticContent: buildStaticContent(above.staticContent, own.staticContent, [...at, 'staticContent'], problems),
    httpRedirect: buildHttpRedirect(above.httpRedirect, layer, problems),
    httpErrors: buildHttpErrors(above.httpErrors, layer, root, source, problems),
    requestFiltering: buildFiltering(above.requestFiltering, own.requestFiltering),
    ipSecurity: buildIpSecurity(above.ipSecurity, own.ipSecurity, [...at, 'ipSecurity'], problems),
    access: { sslFlags: own.access?.sslFlags ?? above.access.sslFlags },
    webSocket: { enabled: own.webSocket?.enabled ?? above.webSocket.enabled },
  };
}

function buildCustomHeaders(
  above: CustomHeaderConfig[],
  own: WrittenLevel['httpProtocol'],
  at: ConfigPath,
  problems: ProblemList,
): CustomHeaderConfig[] {
  const written = own?.customHeaders;
  if (written === undefined) return above;
  const list = written.list.map(({ name, value }) => ({ name, value: utf8AsLatin1(value) }));
  const sound = list.filter(({ name, value }, index) => {
    const fault = faultOf(name, value);
    if (fault !== null)
      problems.error([...at, 'customHeaders', 'list', index], `header ${name}: ${fault}`, 'remove it');
    return fault === null;
  });
  return inheritList(above, { ...written, list: sound }, ({ name }) => name);
}

function faultOf(name: string, value: string): string | null {
  if (!isFieldName(name)) return 'that is not the name of a header';
  if (!isFieldValue(value)) return 'its value holds a character that no header may hold';
  return FRAMING_FIELDS.has(name.toLowerCase())
    ? 'it says how the message is framed, which only the router knows'
    : null;
}

function buildDefaultDocument(
  above: DefaultDocumentConfig,
  own: WrittenLevel['defaultDocument'],
): DefaultDocumentConfig {
  return {
    enabled: own?.enabled ?? above.enabled,
    files: inheritList(above.files, own?.files, (name) => name, 'first'),
  };
}

function buildStaticContent(
  above: StaticContentConfig,
  own: WrittenLevel['staticContent'],
  at: ConfigPath,
  problems: ProblemList,
): StaticContentConfig {
  if (own === undefined) return above;
  const mimeMap = new Map(own.clear ? [] : above.mimeMap);
  for (const extension of own.remove) mimeMap.set(dotted(extension), null);
  for (const [extension, type] of Object.entries(own.mimeMap)) {
    const place = [...at, 'mimeMap', extension];
    if (!isFieldValue(type) || type === '')
      problems.error(place, `"${type}" is not a type`, 'write it like text/plain');
    mimeMap.set(dotted(extension), type);
  }
  const { cacheControlMaxAge, ...cache } = own.clientCache ?? {};
  const { clientCache: before } = above;
  const clientCache = { ...before, ...written(cache) };
  if (cacheControlMaxAge !== undefined) clientCache.cacheControlMaxAge = Math.round(cacheControlMaxAge / 1000);
  for (const key of ['httpExpires', 'cacheControlCustom'] as const)
    if (!isFieldValue(clientCache[key]))
      problems.error([...at, 'clientCache', key], 'it holds a character that no header may hold');
  return { onlyOwnTypes: own.clear || above.onlyOwnTypes, mimeMap: [...mimeMap], clientCache };
}

/** `svg` is `.svg`. */
function dotted(extension: string): string {
  return (extension.startsWith('.') ? extension : `.${extension}`).toLowerCase();
}

/** What is there: a key without value would hide the one above. */
function written<T extends object>(map: T): Partial<T> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as Partial<T>;
}
