// The name by which host-name affinity knows a host (arr.md 7.1, 7.3).
import { hostName } from '../wire/http1/authority.ts';

/** @param host of a request: name or address, with or without port; @param labels from the right that count; null: all */
export function affinityHost(host: string, labels: number | null): string {
  const name = hostName(host).toLowerCase().replace(/\.$/, '');
  if (labels === null || labels === 0 || /^[\d.]+$/.test(name) || name.includes(':')) return name;
  return name.split('.').slice(-labels).join('.');
}
