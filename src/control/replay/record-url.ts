// The absolute URL of a request that a log tells in parts.
import { BadLine } from './record.ts';

/**
 * @param authority host, with or without port
 * @param target path and query as received
 * @throws BadLine when it is no URL
 */
export function recordUrl(scheme: string, authority: string, target: string): string {
  if (!target.startsWith('/')) throw new BadLine(`${JSON.stringify(target)} is no path: there is nothing to explain`);
  const url = `${scheme}://${authority}${target}`;
  if (!URL.canParse(url)) throw new BadLine(`${JSON.stringify(url)} is no URL`);
  return url;
}
