import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, type LocatedProblem } from '../../model/config-error.ts';
import { loadConfig } from './load-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'narrows-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function faultsOf(file: string, env = {}): Promise<readonly LocatedProblem[]> {
  const error = await loadConfig(file, { env }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) throw new Error('expected a ConfigError', { cause: error });
  return error.errors;
}

describe('include', () => {
  it('merges maps, appends lists, and names every file for the watcher', async () => {
    const main = write(
      'narrows.yaml',
      'include: [ "conf.d/*.yaml" ]\nfarms: { a: { servers: ["h:1"] } }\nrules: [ { name: first } ]',
    );
    const one = write('conf.d/1.yaml', 'farms: { b: { servers: ["h:2"] } }\nrules: [ { name: second } ]');
    const two = write('conf.d/2.yaml', 'farms: { a: { servers: ["h:3"] } }');
    const { config, files } = await loadConfig(main);
    expect(config.farms.map((farm) => [farm.name, farm.servers.map((server) => server.address)])).toEqual([
      ['a', ['h:1', 'h:3']],
      ['b', ['h:2']],
    ]);
    expect(config.rules.list.map((rule) => rule.name)).toEqual(['first', 'second']);
    expect(files).toEqual([main, one, two]);
  });

  it('may be in UTF-16, as the file that names it', async () => {
    const main = write('narrows.yaml', 'include: other.yaml');
    writeFileSync(join(folder, 'other.yaml'), Buffer.from('\ufefffarms: { shop: { servers: [h] } }', 'utf16le'));
    expect((await loadConfig(main)).config.farms).toMatchObject([{ name: 'shop' }]);
  });

  it('a value given twice names both places', async () => {
    const main = write('narrows.yaml', 'include: other.yaml\nwatch: true');
    const other = write('other.yaml', '\nwatch: false');
    expect(await faultsOf(main)).toMatchObject([
      { file: other, line: 2, column: 1, message: `"watch" is written twice: here and at ${main}:2:1` },
    ]);
  });

  it('faults and paths belong to the file that they stand in', async () => {
    const main = write('narrows.yaml', 'include: sub/other.yaml');
    const other = write('sub/other.yaml', 'dnsRefresh: never\nlimits: { headerCount: 0 }');
    expect(await faultsOf(main)).toMatchObject([
      { file: other, line: 1 },
      { file: other, line: 2 },
    ]);
    write('sub/other.yaml', 'accessLog: { path: access.log }\nextensions: [ ./mine.ts ]');
    const { config } = await loadConfig(main);
    expect(config.accessLog?.path).toBe(join(folder, 'sub/access.log'));
    expect(config.extensions).toEqual([`file://${folder}/sub/mine.ts`]);
  });

  it('a file that is named and absent is a fault, a pattern that finds nothing is none', async () => {
    const main = write('narrows.yaml', 'include: [ "conf.d/*.yaml", absent.yaml ]');
    expect(await faultsOf(main)).toMatchObject([
      { line: 1, column: 29, message: `there is no file ${folder}/absent.yaml` },
    ]);
  });

  it('a file that includes itself is a fault, not an endless loop', async () => {
    const main = write('narrows.yaml', 'include: narrows.yaml');
    expect(await faultsOf(main)).toMatchObject([{ message: `${main} is included twice` }]);
  });

  it('faults of the main file are found also when an included one is no YAML', async () => {
    const main = write('narrows.yaml', 'include: other.yaml\nwatch: perhaps');
    write('other.yaml', 'a: [');
    expect((await faultsOf(main)).map((fault) => fault.file.slice(folder.length))).toEqual([
      '/other.yaml',
      '/narrows.yaml',
    ]);
  });
});

describe('${…} in strings', () => {
  it('takes variables of the environment and the text of files', async () => {
    write('token', 'secret-of-the-file\n');
    const main = write(
      'narrows.yaml',
      'admin: { address: "${HOST}:1", token: "${file:token}" }\nrules: [ { name: "a$${X}" } ]',
    );
    const { config, files } = await loadConfig(main, { env: { HOST: '127.0.0.1' } });
    expect(config.admin).toMatchObject({ address: { host: '127.0.0.1', port: 1 }, token: 'secret-of-the-file' });
    expect(config.rules.list[0]!.name).toBe('a${X}');
    expect(files).toEqual([main, join(folder, 'token')]);
  });

  it('may stand for a number', async () => {
    const main = write('narrows.yaml', 'farms: { a: { servers: [ { address: h, weight: "${W}" } ] } }');
    expect((await loadConfig(main, { env: { W: '7' } })).config.farms[0]!.servers[0]!.weight).toBe(7);
  });

  it('what is missing is named, at its place', async () => {
    const main = write(
      'narrows.yaml',
      'admin:\n  token: ${NARROWS_TOKN}\naccessLog:\n  path: "${file:absent}"\n  format: "${1}"',
    );
    expect(await faultsOf(main, { NARROWS_TOKEN: 'x' })).toMatchObject([
      {
        line: 2,
        column: 10,
        message: 'the environment variable NARROWS_TOKN is not set',
        suggestion: 'did you mean "NARROWS_TOKEN"?',
      },
      { line: 4, column: 9, message: '${file:absent} cannot be read: there is no such file' },
      { line: 5, message: '${1} names no environment variable' },
      { line: 5 },
    ]);
  });
});
