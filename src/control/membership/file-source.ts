// Servers from a file: it is looked at twice a second, and read when it has changed.
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MOST_SOURCE_BYTES, type ServerConfig } from '../../model/farm-config.ts';
import type { MembershipSource, ParseServers } from './source.ts';

export class FileSource implements MembershipSource {
  readonly name: string;
  readonly interval = 500;
  readonly #path: string;
  readonly #parse: ParseServers;
  #version = '';
  #servers: ServerConfig[] = [];

  /** @param path absolute */
  constructor(path: string, parse: ParseServers) {
    this.#path = path;
    this.#parse = parse;
    this.name = `file ${basename(path)}`;
  }

  async read(): Promise<ServerConfig[]> {
    const { mtimeMs, size, ino } = await stat(this.#path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === this.#version) return this.#servers;
    if (size > MOST_SOURCE_BYTES) throw new Error(`${this.#path} has more than ${MOST_SOURCE_BYTES} bytes`);
    this.#servers = this.#parse(await readFile(this.#path, 'utf8'), this.name);
    this.#version = version;
    return this.#servers;
  }

  close(): void {}
}
