// The host map on the disk: one JSON array in each line. It is written under another name and renamed, so that nobody ever finds half of it, and in
// pieces, so that the control thread does other things meanwhile.

import { readFileSync, renameSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';

/** One host. Times in seconds since 1970. */
export interface HostRow {
  farm: string;
  host: string;
  servers: readonly string[];
  since: number;
  lastUse: number;
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

const NAME = 'hosts.jsonl';
const HEADER = '{"narrows":"hosts","version":1}';
/** More is none of ours, bytes. */
const MOST = 256 * 1024 * 1024;
/** Hosts in one piece. */
const PIECE = 1000;

export class HostFile {
  /** Null: there is no state directory, and nothing is kept. */
  readonly #path: string | null;
  readonly #warn: (message: string) => void;

  /** @param warn told what went wrong, and what follows from it */
  constructor(stateDirectory: string | null, warn: (message: string) => void) {
    this.#path = stateDirectory === null ? null : join(stateDirectory, NAME);
    this.#warn = warn;
  }

  /** What was written last. What cannot be read is put aside, and said. */
  read(): HostRow[] {
    if (this.#path === null) return [];
    try {
      const { size } = statSync(this.#path);
      if (size > MOST) throw new Error(`it has ${size} bytes`);
      const [header, ...lines] = readFileSync(this.#path, 'utf8').split('\n');
      if (header !== HEADER) throw new Error('it does not begin as ours do');
      return lines.filter((line) => line !== '').map(rowOf);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#putAside((error as Error).message);
      return [];
    }
  }

  /** Resolves when `rows` are on the disk, or it was said why they are not. */
  async write(rows: readonly HostRow[]): Promise<void> {
    if (this.#path === null) return;
    const draft = `${this.#path}.${process.pid}`;
    try {
      makeFolder(dirname(this.#path));
      await rm(draft, { force: true });
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.write(`${HEADER}\n`);
        for (let at = 0; at < rows.length; at += PIECE) {
          await file.write(
            rows
              .slice(at, at + PIECE)
              .map(lineOf)
              .join(''),
          );
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, this.#path);
    } catch (error) {
      this.#warn(`${(error as Error).message}: host names may get other servers after a restart`);
    }
  }

  #putAside(reason: string): void {
    const aside = `${this.#path}.broken`;
    this.#warn(`${this.#path} cannot be used (${reason}): it is kept as ${aside}, and host names get servers anew`);
    try {
      renameSync(this.#path!, aside);
    } catch (error) {
      this.#warn((error as Error).message);
    }
  }
}

function lineOf({ farm, host, servers, ...numbers }: HostRow): string {
  const { since, lastUse, requests, bytesSent, bytesReceived } = numbers;
  return `${JSON.stringify([farm, host, servers, since, lastUse, requests, bytesSent, bytesReceived])}\n`;
}

/** @throws Error for a line that is none of ours */
function rowOf(line: string): HostRow {
  const [farm, host, servers, ...numbers] = JSON.parse(line) as [string, string, string[], ...number[]];
  const isOurs =
    [farm, host].every((text) => typeof text === 'string') &&
    Array.isArray(servers) &&
    servers.length > 0 &&
    servers.every((address) => typeof address === 'string') &&
    numbers.length === 5 &&
    numbers.every((number) => Number.isFinite(number) && number >= 0);
  if (!isOurs) throw new Error(`a line is not ours: ${line.slice(0, 80)}`);
  const [since, lastUse, requests, bytesSent, bytesReceived] = numbers as [number, number, number, number, number];
  return { farm, host, servers, since, lastUse, requests, bytesSent, bytesReceived };
}
