// One open log file on sonic-boom: bytes in order, a bound on what waits, and an end that waits for the last byte.
// CommonJS without names that Node can see: only the default import works.
import sonicBoom from 'sonic-boom';

export interface LogFileEvents {
  /** Bytes that were refused because more than the bound waits. */
  dropped(lines: Uint8Array): void;
  /** A write failed; the bytes stay in line and are tried again with the next ones. */
  failed(error: Error): void;
  /** Some bytes reached the file. */
  written(): void;
}

const STDERR = 2;
/** The log holds addresses of people: not for everybody on the machine. */
const MODE = 0o640;

export class LogFile {
  readonly #file: sonicBoom.SonicBoom;
  /** Bytes handed over, and those of them that are in the file or were dropped. */
  #given = 0;
  #through = 0;
  /** The latest write failed: nothing is tried before there is more to write. */
  #isStuck = false;
  /** What written() waits for. */
  #awaited: { upTo: number; resolve: () => void } | null = null;

  private constructor(file: sonicBoom.SonicBoom) {
    this.#file = file;
    file.on('write', (bytes: number) => this.#pass(bytes));
    file.on('drop', (lines: string | Uint8Array) => this.#pass(lines.length));
    file.on('error', () => this.#getStuck());
  }

  /**
   * Opens for appending, making folders that are missing.
   *
   * @param path '-' is stderr
   * @param bound bytes that may wait to be written
   * @throws what the system says when the file cannot be opened
   */
  static open(path: string, bound: number, events: LogFileEvents): Promise<LogFile> {
    const file = new sonicBoom.SonicBoom({
      ...(path === '-' ? { fd: STDERR } : { dest: path, mkdir: true, append: true, mode: MODE }),
      contentMode: 'buffer',
      maxLength: bound,
      sync: false,
    });
    return new Promise((resolve, reject) => {
      file.once('error', reject);
      file.once('ready', () => {
        file.off('error', reject);
        file.on('error', events.failed);
        file.on('drop', events.dropped);
        file.on('write', events.written);
        resolve(new LogFile(file));
      });
    });
  }

  write(bytes: Uint8Array): void {
    // In content mode 'buffer' write() takes a Buffer; the types know strings only.
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#given += buffer.length;
    this.#file.write(buffer as unknown as string);
  }

  /** Resolves when all that was handed over until now is in the file, or writing fails. For one at a time. */
  written(): Promise<void> {
    if (this.#isStuck || this.#through >= this.#given) return Promise.resolve();
    return new Promise((resolve) => {
      this.#awaited = { upTo: this.#given, resolve };
    });
  }

  #pass(bytes: number): void {
    this.#through += bytes;
    this.#isStuck = false;
    if (this.#awaited !== null && this.#through >= this.#awaited.upTo) this.#tell();
  }

  #getStuck(): void {
    this.#isStuck = true;
    this.#tell();
  }

  #tell(): void {
    const awaited = this.#awaited;
    this.#awaited = null;
    awaited?.resolve();
  }

  /** Resolves when everything is written and the file is closed, or when writing failed. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#file.once('close', resolve);
      this.#file.once('error', () => {
        this.#file.destroy();
        resolve();
      });
      this.#file.end();
    });
  }
}
