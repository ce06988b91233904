// The certificate of a host name in a folder, named as in the Central Certificate Store of IIS (arr.md 12.5): host.pfx,
// _.example.com.pfx for all names below example.com; host.pem with host.key too.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type FoundCertificate = { pfx: string } | { cert: string; key: string };

/** @param host of the binding; '' takes the only certificate of the folder, where there is one alone */
export function findCertificate(folder: string, host: string): FoundCertificate | null {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  const named = (name: string) => names.find((each) => each.toLowerCase() === name.toLowerCase());
  const path = (name: string) => join(resolve(folder), name);
  for (const stem of host === ''
    ? stems(names)
    : [host.replace(/^\*/, '_'), `_.${host.split('.').slice(1).join('.')}`]) {
    const pfx = named(`${stem}.pfx`);
    if (pfx !== undefined) return { pfx: path(pfx) };
    const cert = named(`${stem}.pem`);
    const key = named(`${stem}.key`);
    if (cert !== undefined && key !== undefined) return { cert: path(cert), key: path(key) };
  }
  return null;
}

function stems(names: readonly string[]): string[] {
  const found = new Set(names.flatMap((name) => /^(.+)\.(?:pfx|pem)$/i.exec(name)?.[1] ?? []));
  return found.size === 1 ? [...found] : [];
}
