// What was read, for operators.
import type { CertificateReport, ListedCertificate } from '../../model/certificate-report.ts';
import type { ReadCertificates } from './certificate-store.ts';

/** The one that ends first comes first. */
export function reportCertificates({ listeners, problems }: ReadCertificates): CertificateReport {
  const certificates: ListedCertificate[] = [];
  for (const [listener, { certificates: all }] of listeners) {
    for (const { names, file, keyKind, keyBits, subject, issuer, validFrom, validTo } of all)
      certificates.push({
        ...{ listener, names: [...names], file, keyKind, keyBits, subject, issuer },
        validFrom: new Date(validFrom).toISOString(),
        validTo: new Date(validTo).toISOString(),
      });
  }
  certificates.sort((a, b) => a.validTo.localeCompare(b.validTo));
  return { certificates, warnings: problems.map(({ message }) => message) };
}
