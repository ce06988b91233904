// The keys of TLS session tickets: the same in all workers and after a restart, so that sessions resume there (DESIGN 5). New ones
// come twice a day; tickets of the old ones then cost a full handshake, since Node knows one set of keys at a time.
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';

const FILE_NAME = 'tls-tickets.keys';
/** What TLS takes: a name and two keys, 16 bytes each. */
const LENGTH = 48;
/** ms */
const LIFE = 12 * 3_600_000;

interface MadeKeys {
  readonly keys: Uint8Array;
  /** Wall ms. */
  readonly madeAt: number;
}

export class TicketKeys {
  readonly #stateDirectory: string | null;
  readonly #warn: (message: string) => void;
  #current: MadeKeys | null = null;

  /**
   * @param stateDirectory absolute; null: nothing is read or written
   * @param warn told what went wrong
   */
  constructor(stateDirectory: string | null, warn: (message: string) => void) {
    this.#stateDirectory = stateDirectory;
    this.#warn = warn;
  }

  /** Those that were made some time ago, by this run or the one before, or new ones. @param now wall ms */
  keys(now: number): Uint8Array {
    if (!this.isFresh(now)) this.#current = this.#kept(now);
    return this.#current!.keys;
  }

  /** @param now wall ms */
  isFresh(now: number): boolean {
    return this.#current !== null && isFresh(this.#current, now);
  }

  #kept(now: number): MadeKeys {
    const made = { keys: new Uint8Array(randomBytes(LENGTH)), madeAt: now };
    if (this.#stateDirectory === null) return made;
    const file = join(this.#stateDirectory, FILE_NAME);
    try {
      const known = read(file);
      if (known !== null && isFresh(known, now)) return known;
      write(this.#stateDirectory, file, made);
    } catch (error) {
      this.#warn(`${(error as Error).message}: TLS sessions will not resume after a restart of this router`);
    }
    return made;
  }
}

function isFresh({ madeAt }: MadeKeys, now: number): boolean {
  return madeAt <= now && now - madeAt < LIFE;
}

/** Null where there is no file of ours that only we can read: its keys decrypt what clients sent. */
function read(file: string): MadeKeys | null {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) return null;
    const [madeAt, keys] = readFileSync(file, 'latin1').trim().split(' ');
    const bytes = Buffer.from(keys ?? '', 'base64');
    return bytes.length === LENGTH && Number(madeAt) > 0
      ? { keys: new Uint8Array(bytes), madeAt: Number(madeAt) }
      : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function write(stateDirectory: string, file: string, { keys, madeAt }: MadeKeys): void {
  makeFolder(stateDirectory);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, `${madeAt} ${Buffer.from(keys).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
