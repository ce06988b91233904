// Where a configuration of IIS is touched by one of our defaults that differs from ARR's (DESIGN 6), with the word of
// `compatibility` that takes ARR's back. It is never implied, so whoever brings such a file is told (CONTRACT 2).
import type { CompatibilityKey, ConfigPath } from '../../model/config.ts';
import { balancingMethod, upgradeOnlyMethods } from '../../model/load-balancing.ts';
import type { ProblemList } from './problem-list.ts';
import { isMap } from './written-lists.ts';

export interface Departure {
  word: CompatibilityKey;
  /** What it touches first. */
  path: ConfigPath;
  message: string;
}

type Written = Record<string, unknown>;

/** A farm, or the settings of the server for requests to other hosts. */
interface Sender {
  path: ConfigPath;
  /** Its `protocol`, or `proxy` itself. */
  protocol: Written;
  protocolPath: ConfigPath;
  farm: Written | null;
}

/** @param raw the configuration as written; what has the wrong shape is passed over */
export function departuresOf(raw: Written): Departure[] {
  const senders = sendersOf(raw);
  const found: (Departure | null)[] = [
    first(
      senders,
      'affinityCookie',
      'the affinity cookie is opaque and HttpOnly; that of ARR is a readable hash',
      cookie,
    ),
    first(
      senders,
      'xForwardedFor',
      'X-Forwarded-For of a client that is not trusted is replaced; ARR appends to it',
      forwards,
    ),
    first(senders, 'retries', 'a server that cannot be connected to is passed over once; ARR retries nothing', retries),
    first(senders, 'buffering', 'responses are passed on as they come; ARR holds back up to 256 KB', buffers),
    first(senders, 'headers', 'X-Powered-By: ARR/3.0 is not sent; ARR sends it', poweredBy),
    first(
      senders,
      'reverseRewrite',
      'a Location that names a third party is left alone; ARR rewrites it',
      rewritesBack,
    ),
    first(
      senders,
      'algorithms',
      'this algorithm is carried out; ARR 3.0 balances by WeightedRoundRobin under its name',
      carriedOut,
    ),
    tls(raw),
  ];
  return found.filter((departure) => departure !== null);
}

/** What takes ARR's own way back. */
export function undoing(word: CompatibilityKey): string {
  return `compatibility: [ ${word} ] in YAML has it as in ARR`;
}

export function warnOfDepartures(raw: Written, problems: ProblemList): void {
  for (const { word, path, message } of departuresOf(raw))
    problems.warning(path, `unlike ARR: ${message}`, undoing(word));
}

function sendersOf(raw: Written): Sender[] {
  const farms = Object.entries(isMap(raw.farms) ? raw.farms : {}).map(([name, farm]): Sender => {
    const written = isMap(farm) ? farm : {};
    const path = ['farms', name];
    const protocol = isMap(written.protocol) ? written.protocol : {};
    return { path, protocol, protocolPath: [...path, 'protocol'], farm: written };
  });
  const { proxy } = raw;
  if (!isMap(proxy) || !isTrue(proxy.enabled)) return farms;
  return [...farms, { path: ['proxy'], protocol: proxy, protocolPath: ['proxy'], farm: null }];
}

/** The first sender that `touches` finds something in: the path of it, or null. */
function first(
  senders: readonly Sender[],
  word: CompatibilityKey,
  message: string,
  touches: (sender: Sender) => ConfigPath | null,
): Departure | null {
  for (const sender of senders) {
    const path = touches(sender);
    if (path !== null) return { word, path, message };
  }
  return null;
}

function cookie({ farm, path }: Sender): ConfigPath | null {
  const affinity = isMap(farm?.affinity) ? farm.affinity : {};
  return isTrue(affinity.useCookie) ? [...path, 'affinity', 'useCookie'] : null;
}

/** Three names that ARR 3.0 accepts for upgrades only (arr.md 6.1). */
function carriedOut({ farm, path }: Sender): ConfigPath | null {
  const loadBalancing = isMap(farm?.loadBalancing) ? farm.loadBalancing : {};
  const method = balancingMethod(String(loadBalancing.algorithm));
  return method !== undefined && upgradeOnlyMethods.has(method) ? [...path, 'loadBalancing', 'algorithm'] : null;
}

function forwards({ protocol, path }: Sender): ConfigPath | null {
  return protocol.xForwardedForHeaderName === '' ? null : path;
}

function retries({ protocol, path, farm }: Sender): ConfigPath | null {
  return farm === null || protocol.retries !== undefined ? null : path;
}

function buffers({ protocol, path }: Sender): ConfigPath | null {
  return protocol.minResponseBuffer !== undefined && protocol.bufferChunkedResponses !== undefined ? null : path;
}

function poweredBy({ protocol, path }: Sender): ConfigPath | null {
  return protocol.arrResponseHeader === undefined ? path : null;
}

/** A farm does it where that is written, the server level unless it is switched off (arr.md 3). */
function rewritesBack({ protocol, protocolPath, farm }: Sender): ConfigPath | null {
  const written = protocol.reverseRewriteHostInResponseHeaders;
  const on = written === undefined ? farm === null : isTrue(written);
  return on ? [...protocolPath, 'reverseRewriteHostInResponseHeaders'] : null;
}

function tls(raw: Written): Departure | null {
  const path = findHttps(raw, []);
  const message = 'the certificate of a server is verified, its name too; ARR ignores a wrong name';
  return path === null ? null : { word: 'tls', path, message };
}

/** The first rule that rewrites to https. */
function findHttps(value: unknown, path: ConfigPath): ConfigPath | null {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findHttps(item, [...path, index]);
      if (found !== null) return found;
    }
  } else if (isMap(value)) {
    const { type, url } = value;
    if (/^rewrite$/i.test(String(type)) && /^https:/i.test(String(url))) return [...path, 'url'];
    for (const [key, child] of Object.entries(value)) {
      const found = findHttps(child, [...path, key]);
      if (found !== null) return found;
    }
  }
  return null;
}

function isTrue(value: unknown): boolean {
  return String(value).toLowerCase() === 'true';
}
