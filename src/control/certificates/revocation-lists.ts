// Revocation lists of client certificates (RFC 5280 5): a file of PEM, looked at by OpenSSL before any client is.
import { createSecureContext } from 'node:tls';
import { readRegularFile } from '../../base/read-regular-file.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';

const LARGEST = 16 * 1024 * 1024;
const PEM_LIST = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g;

/** The lists in `file`. @throws Error when it cannot be read or holds none */
export function readRevocationLists(file: string): string {
  let text: string;
  try {
    text = readRegularFile(file, LARGEST).toString('latin1');
  } catch (error) {
    throw new Error(`${file} cannot be read: ${whyUnreadable(error)}`);
  }
  const lists = text.match(PEM_LIST);
  if (lists === null) throw new Error(`${file} holds no revocation list in PEM form`);
  try {
    createSecureContext({ crl: lists });
  } catch (error) {
    throw new Error(`${file} holds a revocation list that cannot be read: ${(error as Error).message}`);
  }
  return lists.join('\n');
}
