// ARR's own defaults, taken back by `compatibility` (DESIGN 6). Some are defaults of settings and are filled in here,
// before the schemas see the configuration; the others are behaviour, which reads Config.compatibility.
import type { CompatibilityKey } from '../../model/config.ts';
import { isMap } from './written-lists.ts';

export const compatibilityKeys = [
  'affinityCookie',
  'xForwardedFor',
  'retries',
  'tls',
  'buffering',
  'algorithms',
  'headers',
  'reverseRewrite',
] as const satisfies readonly CompatibilityKey[];

/** Settings of `protocol` and `proxy` as ARR has them (arr.md 3). */
const ARR_DEFAULTS: Partial<Record<CompatibilityKey, Readonly<Record<string, unknown>>>> = {
  headers: { arrResponseHeader: true },
  buffering: { minResponseBuffer: '256KB', bufferChunkedResponses: true },
  retries: { retries: 0 },
  tls: { tls: { ignoreNameMismatch: true } },
};

/** Settings whose default `compatibility` changes: written with the value of ours, they still say something. */
export const arrDefaultKeys: ReadonlySet<string> = new Set(Object.values(ARR_DEFAULTS).flatMap(keysWithin));

function keysWithin(defaults: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(defaults).flatMap(([key, value]) => (isMap(value) ? keysWithin(value) : key));
}

/**
 * The configuration with ARR's defaults for what is not written in it. `raw` is not changed; whatever in it has the
 * wrong shape stays for the schemas to complain about.
 */
export function withArrDefaults(raw: Record<string, unknown>): Record<string, unknown> {
  const defaults = Object.assign({}, ...chosenKeys(raw.compatibility).map((key) => ARR_DEFAULTS[key] ?? {}));
  if (Object.keys(defaults).length === 0) return raw;
  const result = { ...raw, proxy: withDefaults(raw.proxy, defaults) };
  if (!isMap(raw.farms)) return result;
  const farms = Object.entries(raw.farms).map(([name, farm]) => {
    return [name, isMap(farm) ? { ...farm, protocol: withDefaults(farm.protocol, defaults) } : farm] as const;
  });
  return { ...result, farms: Object.fromEntries(farms) };
}

function chosenKeys(written: unknown): CompatibilityKey[] {
  if (typeof written === 'string') return written.toLowerCase() === 'arr' ? [...compatibilityKeys] : [];
  if (!Array.isArray(written)) return [];
  return compatibilityKeys.filter((key) => written.some((item) => String(item).toLowerCase() === key.toLowerCase()));
}

function withDefaults(section: unknown, defaults: Record<string, unknown>): unknown {
  if (section === undefined) return defaults;
  if (!isMap(section)) return section;
  const result: Record<string, unknown> = { ...section };
  for (const [key, value] of Object.entries(defaults)) {
    if (isMap(value)) result[key] = withDefaults(section[key], value);
    else if (section[key] === undefined) result[key] = value;
  }
  return result;
}
