// Which failure a head was refused with, from the status that the scanner chose.
import type { ErrorCode } from '../../model/proxy-error.ts';

const CODES: Readonly<Record<number, ErrorCode>> = {
  414: 'uriTooLong',
  431: 'headersTooLarge',
  501: 'notImplemented',
  505: 'versionNotSupported',
};

/** @param status of the scanner's refusal; any that is not listed is a badRequest */
export function refusalCode(status: number): ErrorCode {
  return CODES[status] ?? 'badRequest';
}
