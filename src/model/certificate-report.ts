// The certificates of listeners as operators see them: no secrets.

export interface CertificateReport {
  certificates: ListedCertificate[];
  /** What is wrong with files of certificates, or soon will be. */
  warnings: string[];
}

export interface ListedCertificate {
  listener: string;
  names: string[];
  file: string;
  /** `ec`, `rsa` … */
  keyKind: string;
  keyBits: number;
  subject: string;
  issuer: string;
  /** ISO times. */
  validFrom: string;
  validTo: string;
}
