// Whether OpenSSL takes the client certificates that are shown to servers.
import type { Config, ConfigProblem } from '../model/config.ts';
import { clientCertificateFault } from '../transport/secure-context.ts';

/** What is wrong with those that node:crypto cannot look into: PFX files. */
export function checkClientCertificates({ farms, proxy }: Config): ConfigProblem[] {
  return [proxy, ...farms.map(({ protocol }) => protocol)].flatMap(({ tls }): ConfigProblem[] => {
    const fault = clientCertificateFault(tls);
    if (fault === null) return [];
    const message = `the client certificate cannot be used: ${fault}`;
    return [
      { path: tls.certificate!.path, severity: 'error', message, suggestion: 'expected a PFX and its passphrase' },
    ];
  });
}
