// Which kind of failure a head was refused with, from the status that the scanner chose.
import type { ErrorCode } from '../../model/proxy-error.ts';

const KINDS: Readonly<Record<number, ErrorCode>> = {
  414: 'uriTooLong',
  431: 'headersTooLarge',
  501: 'notImplemented',
  505: 'versionNotSupported',
};

export function refusalKind(status: number): ErrorCode {
  return KINDS[status] ?? 'badRequest';
}
