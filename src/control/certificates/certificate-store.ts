// The certificates that a configuration names, read and judged. Those in force are remembered: a certificate that is broken at a
// reload costs nothing but its news, and one that has not changed is not read again. Authorities and revocation lists are
// read each time, and one that is broken refuses the reload: without it clients could not be judged.
import { statSync } from 'node:fs';
import { isSettled, versionOf } from '../../base/file-version.ts';
import { whyUnreadable } from '../../base/why-unreadable.ts';
import type { Certificate, ListenerCertificates } from '../../model/certificate.ts';
import type { Config, ConfigPath, ConfigProblem, ListenerConfig } from '../../model/config.ts';
import type { CertificateFiles, ListenerTlsConfig } from '../../model/tls-config.ts';
import { certificatesIn } from './certificate-folder.ts';
import { CertificateFileError, readCertificate, readPemCertificates } from './read-certificate.ts';
import { readRevocationLists } from './revocation-lists.ts';

const DAY = 86_400_000;
/** An end that is nearer is worth a warning. */
const SOON = 14 * DAY;

export interface ReadCertificates {
  /** By name of the listener; one without a certificate that can be used is not in it. */
  readonly listeners: ReadonlyMap<string, ListenerCertificates>;
  readonly problems: readonly ConfigProblem[];
  /** Absolute paths of all that was looked at, folders among them. */
  readonly files: readonly string[];
  /** For CertificateStore.keep(). */
  readonly known: ReadonlyMap<string, Known>;
}

export interface Known {
  readonly certificate: Certificate;
  /** Of its files when they were read; null: they had changed so shortly before that they are read again. */
  readonly version: string | null;
}

export class CertificateStore {
  #known: ReadonlyMap<string, Known> = new Map();

  /** Reads what the listeners of `config` name. @param now wall ms */
  async read({ listeners }: Pick<Config, 'listeners'>, now: number): Promise<ReadCertificates> {
    const reading = new Reading(this.#known, now);
    const found = new Map<string, ListenerCertificates>();
    for (const listener of listeners) {
      const certificates = listener.tls === null ? null : await reading.listener(listener, listener.tls);
      if (certificates !== null) found.set(listener.name, certificates);
    }
    return { listeners: found, problems: reading.problems, files: [...reading.files], known: reading.known };
  }

  /** What was read is in force: these are the certificates that stay where a file is broken next time. */
  keep({ known }: Pick<ReadCertificates, 'known'>): void {
    this.#known = known;
  }
}

/** One look at all of them. */
class Reading {
  readonly problems: ConfigProblem[] = [];
  readonly files = new Set<string>();
  readonly known = new Map<string, Known>();
  readonly #before: ReadonlyMap<string, Known>;
  readonly #now: number;

  constructor(before: ReadonlyMap<string, Known>, now: number) {
    this.#before = before;
    this.#now = now;
  }

  async listener({ name }: ListenerConfig, tls: ListenerTlsConfig): Promise<ListenerCertificates | null> {
    const path: ConfigPath = ['listeners', name, 'tls'];
    const certificates: Certificate[] = [];
    for (const [index, files] of tls.certificates.entries()) {
      const certificate = await this.#one(files, [...path, 'certificates', index], 'error');
      if (certificate !== null) certificates.push(certificate);
    }
    certificates.push(...(await this.#folder(tls, [...path, 'folder'])));
    const clientAuthorities = this.#pem(tls.clientAuthorities, [...path, 'clientAuthorities'], (file) =>
      readPemCertificates(file).join('\n'),
    );
    const revocationLists = this.#pem(tls.revocationLists, [...path, 'revocationLists'], readRevocationLists);
    return certificates.length === 0 ? null : { certificates, clientAuthorities, revocationLists };
  }

  /** One file that is broken harms only its own name. */
  async #folder({ folder }: ListenerTlsConfig, path: ConfigPath): Promise<Certificate[]> {
    if (folder === null) return [];
    this.files.add(folder.path);
    try {
      const found: Certificate[] = [];
      for (const { name, files } of certificatesIn(folder.path, folder.passphrase)) {
        const certificate = await this.#one(files, path, 'warning');
        if (certificate !== null) found.push({ ...certificate, names: [name] });
      }
      if (found.length === 0)
        this.#problem(path, 'warning', `${folder.path} holds no certificate that can be used`, FOLDER_NAMES);
      return found;
    } catch (error) {
      this.#problem(path, 'error', `${folder.path} cannot be read: ${whyUnreadable(error)}`);
      return [];
    }
  }

  async #one(
    files: CertificateFiles,
    path: ConfigPath,
    severity: ConfigProblem['severity'],
  ): Promise<Certificate | null> {
    const paths = 'pfx' in files ? [files.pfx] : [files.cert, files.key];
    for (const file of paths) this.files.add(file);
    const key = JSON.stringify(files);
    const before = this.#before.get(key);
    try {
      const version = this.#versionOf(paths);
      const isSame = before !== undefined && version !== null && before.version === version;
      const certificate = isSame ? before.certificate : await readCertificate(files);
      this.known.set(key, { certificate, version });
      this.#judge(certificate, path);
      return certificate;
    } catch (error) {
      // What a folder holds has no settings of its own.
      const setting = severity === 'error' ? settingOf(files, error) : [];
      return this.#without(before, key, [...path, ...setting], severity, (error as Error).message);
    }
  }

  /** A certificate that served until now goes on to. */
  #without(
    before: Known | undefined,
    key: string,
    path: ConfigPath,
    severity: ConfigProblem['severity'],
    message: string,
  ): Certificate | null {
    if (before === undefined) {
      this.#problem(path, severity, message);
      return null;
    }
    this.known.set(key, { ...before, version: null });
    this.#problem(path, 'warning', `${message}; the certificate from before stays in use`);
    return before.certificate;
  }

  /** Null where they may change again without another date. */
  #versionOf(paths: readonly string[]): string | null {
    try {
      const stats = paths.map((path) => statSync(path));
      const changedMs = Math.max(...stats.map(({ mtimeMs, ctimeMs }) => Math.max(mtimeMs, ctimeMs)));
      return isSettled({ changedMs }, this.#now) ? stats.map(versionOf).join(' ') : null;
    } catch {
      return null; // readCertificate() says why
    }
  }

  #judge({ file, names, validFrom, validTo }: Certificate, path: ConfigPath): void {
    const day = (wall: number) => new Date(wall).toISOString().slice(0, 10);
    if (names.length === 0) this.#problem(path, 'warning', `the certificate ${file} names no host`);
    if (validFrom > this.#now)
      this.#problem(path, 'warning', `the certificate ${file} is not valid before ${day(validFrom)}`);
    if (validTo <= this.#now) this.#problem(path, 'warning', `the certificate ${file} expired on ${day(validTo)}`);
    else if (validTo - this.#now < SOON)
      this.#problem(path, 'warning', `the certificate ${file} expires on ${day(validTo)}`);
  }

  #pem(file: string | null, path: ConfigPath, read: (file: string) => string): string | null {
    if (file === null) return null;
    this.files.add(file);
    try {
      return read(file);
    } catch (error) {
      this.#problem(path, 'error', (error as Error).message);
      return null;
    }
  }

  #problem(path: ConfigPath, severity: ConfigProblem['severity'], message: string, suggestion?: string): void {
    this.problems.push({ path, severity, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

/** Which of the settings names the file at fault. */
function settingOf(files: CertificateFiles, error: unknown): string[] {
  if (!(error instanceof CertificateFileError)) return [];
  return Object.entries(files)
    .flatMap(([setting, file]) => (file === error.file ? setting : []))
    .slice(0, 1);
}

const FOLDER_NAMES = 'name the files www.example.com.pfx or _.example.com.pfx, or .pem with .key';
