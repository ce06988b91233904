// Which certificates a client is shown, by the name that it asks for: exactly that name, then the wildcard above it (also for
// a kind of key that the name itself has not), then the first certificate of the listener (RFC 6125 6.4.3).
import type { Certificate } from '../../model/certificate.ts';
import type { CertificateSet } from '../../model/listener-rules.ts';

export class CertificateTable {
  readonly #sets = new Map<string, CertificateSet>();
  readonly #byCertificates = new Map<string, CertificateSet>();
  /** Of clients that name nothing. */
  readonly first: CertificateSet | null;

  /** @param certificates of two for one name and kind of key the first is used */
  constructor(certificates: readonly Certificate[]) {
    const byName = Map.groupBy(
      certificates.flatMap((certificate) => certificate.names.map((name) => ({ name, certificate }))),
      ({ name }) => name,
    );
    for (const [name, own] of byName) {
      const entries = [...own, ...(byName.get(wildcardAbove(name)) ?? [])];
      this.#sets.set(name, this.#setOf(entries.map(({ certificate }) => certificate)));
    }
    const [first] = certificates;
    this.first = first === undefined ? null : (this.#sets.get(first.names[0] ?? '') ?? this.#setOf([first]));
  }

  /** The set that serves every name; null where there are several. */
  get only(): CertificateSet | null {
    return this.#byCertificates.size === 1 ? this.first : null;
  }

  /** @param name lower case @returns null for a name that no certificate has */
  find(name: string): CertificateSet | null {
    return this.#sets.get(name) ?? this.#sets.get(wildcardAbove(name)) ?? null;
  }

  /** Names with the same certificates share one set, and so what TLS makes of it. */
  #setOf(candidates: readonly Certificate[]): CertificateSet {
    const byKind = new Map<string, Certificate>();
    for (const certificate of candidates)
      if (!byKind.has(certificate.keyKind)) byKind.set(certificate.keyKind, certificate);
    const certificates = [...byKind.values()] as [Certificate, ...Certificate[]];
    const key = certificates.map(({ fingerprint, file }) => `${fingerprint} ${file}`).join(' ');
    const known = this.#byCertificates.get(key);
    if (known !== undefined) return known;
    const set = { certificates };
    this.#byCertificates.set(key, set);
    return set;
  }
}

/** `*.example.com` of `www.example.com`, and of `*.example.com` nothing that could be a name. */
function wildcardAbove(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 || name.startsWith('*') ? '' : `*${name.slice(dot)}`;
}
