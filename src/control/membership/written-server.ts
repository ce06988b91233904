// A server as a list of servers has it: what is kept of a source is read again as the source itself is, whatever version wrote it.
import { formatDuration } from '../../base/duration.ts';
import type { CodeRanges, ServerConfig, UrlTestConfig } from '../../model/farm-config.ts';

export function writtenServer({ target, source, leaving, healthCheck, ...server }: ServerConfig): object {
  const settings = Object.entries(server).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(settings), healthCheck: writtenTest(healthCheck) };
}

function writtenTest({ interval, timeout, statusCodeMatch, ...test }: Partial<UrlTestConfig>): object {
  return {
    ...test,
    ...(interval === undefined ? {} : { interval: formatDuration(interval) }),
    ...(timeout === undefined ? {} : { timeout: formatDuration(timeout) }),
    ...(statusCodeMatch === undefined ? {} : { statusCodeMatch: codesText(statusCodeMatch) }),
  };
}

function codesText(ranges: CodeRanges): string {
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
