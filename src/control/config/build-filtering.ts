// requestFiltering and ipSecurity of a level.

import { parseAddressRange, prefixLength } from '../../base/address-range.ts';
import type { WrittenList } from '../../base/inherited-list.ts';
import type { ConfigPath } from '../../model/config.ts';
import type { AllowedAndDenied, IpSecurityConfig, RequestFilteringConfig } from '../../model/level-settings.ts';
import { inheritList, inheritNames } from './inherit-list.ts';
import type { ProblemList } from './problem-list.ts';
import type { WrittenLevel } from './site-schema.ts';

type WrittenFiltering = NonNullable<WrittenLevel['requestFiltering']>;

export function buildFiltering(
  above: RequestFilteringConfig,
  own: WrittenFiltering | undefined,
): RequestFilteringConfig {
  if (own === undefined) return above;
  const limits = own.requestLimits ?? {};
  const headerLimits = new Map(above.headerLimits);
  for (const [name, bytes] of Object.entries(limits.headerLimits ?? {})) headerLimits.set(name.toLowerCase(), bytes);
  return {
    allowDoubleEscaping: own.allowDoubleEscaping ?? above.allowDoubleEscaping,
    allowHighBitCharacters: own.allowHighBitCharacters ?? above.allowHighBitCharacters,
    maxAllowedContentLength: limits.maxAllowedContentLength ?? above.maxAllowedContentLength,
    maxUrl: limits.maxUrl ?? above.maxUrl,
    maxQueryString: limits.maxQueryString ?? above.maxQueryString,
    headerLimits: [...headerLimits],
    hiddenSegments: inheritNames(above.hiddenSegments, own.hiddenSegments),
    fileExtensions: allowedAndDenied(above.fileExtensions, own.fileExtensions),
    verbs: allowedAndDenied(above.verbs, own.verbs),
    denyUrlSequences: inheritNames(above.denyUrlSequences, own.denyUrlSequences),
    denyQueryStringSequences: inheritNames(above.denyQueryStringSequences, own.denyQueryStringSequences),
    alwaysAllowedUrls: inheritNames(above.alwaysAllowedUrls, own.alwaysAllowedUrls),
  };
}

/** In IIS one collection: what is named last, as allowed or as denied, counts. */
function allowedAndDenied(above: AllowedAndDenied, own: WrittenFiltering['verbs']): AllowedAndDenied {
  if (own === undefined) return above;
  return {
    allowUnlisted: own.allowUnlisted ?? above.allowUnlisted,
    allowed: without(inheritNames(above.allowed, own.allowed), own.denied),
    denied: without(inheritNames(above.denied, own.denied), own.allowed),
  };
}

function without(names: string[], others: WrittenList<string> | undefined): string[] {
  const named = new Set(others?.list.map((name) => name.toLowerCase()));
  return names.filter((name) => !named.has(name));
}

export function buildIpSecurity(
  above: IpSecurityConfig,
  own: WrittenLevel['ipSecurity'],
  at: ConfigPath,
  problems: ProblemList,
): IpSecurityConfig {
  if (own === undefined) return above;
  const list = own.list.flatMap(({ ipAddress, subnetMask, allowed }, index) => {
    const range = readRange(ipAddress, subnetMask);
    if (range !== null) return [{ range, allowed }];
    const written = subnetMask === undefined ? ipAddress : `${ipAddress} with mask ${subnetMask}`;
    problems.error(
      [...at, 'list', index],
      `${written} is not a range of addresses`,
      'write it like 10.0.0.0 with 255.0.0.0, or fd00::/8',
    );
    return [];
  });
  const remove = own.remove.map((key) => readRemoved(key) ?? key);
  return {
    allowUnlisted: own.allowUnlisted ?? above.allowUnlisted,
    denyAction: own.denyAction ?? above.denyAction,
    list: inheritList(above.list, { clear: own.clear, remove, list }, ({ range }) => range, 'first'),
  };
}

/** `10.0.0.0` and `255.0.0.0` are `10.0.0.0/8`. */
function readRange(address: string, mask: string | undefined): string | null {
  if (mask === undefined || mask === '') return parseAddressRange(address) === null ? null : withPrefix(address);
  const prefix = prefixLength(mask);
  const range = `${address}/${prefix}`;
  return prefix === null || parseAddressRange(range) === null ? null : range;
}

function withPrefix(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** `10.0.0.0/255.0.0.0`, `10.0.0.0/8`, `10.0.0.1`. */
function readRemoved(key: string): string | null {
  const [address = '', mask] = key.split('/');
  return readRange(address, mask);
}
