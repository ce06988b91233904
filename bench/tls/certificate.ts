// The certificate of the TLS rows: ECDSA on P-256, signed by itself.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const SERVER_NAME = 'bench.example';

/** Makes tls.pem and tls.key in `scratch`. @throws Error when openssl cannot be run */
export function makeCertificate(scratch: string): void {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    join(scratch, 'tls.key'),
  ];
  const certificate = ['-out', join(scratch, 'tls.pem'), '-days', '10', '-subj', `/CN=${SERVER_NAME}`];
  const name = ['-addext', `subjectAltName=DNS:${SERVER_NAME}`];
  execFileSync('openssl', ['req', '-x509', ...key, ...certificate, ...name], { stdio: 'ignore' });
}
