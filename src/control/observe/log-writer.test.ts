import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordingLogger } from '../../../test/kit/sample-admin.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { LogWriter, type LogWriterOptions } from './log-writer.ts';

const HOUR = 3_600_000;

let folder: string;
let clock: SimulatedClock;
let logger: RecordingLogger;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'narrows-log-'));
  clock = new SimulatedClock(Date.UTC(2026, 0, 31, 22, 30));
  logger = new RecordingLogger();
});
afterEach(() => rm(folder, { recursive: true }));

function open(name: string, options: Partial<LogWriterOptions> = {}): Promise<LogWriter> {
  return LogWriter.open({ path: join(folder, name), logger, clock, ...options });
}

function lines(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

function read(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}

describe('an access log file', () => {
  it('holds all that was handed over, in order, once it is closed', async () => {
    const writer = await open('access.log');
    const expected = Array.from({ length: 500 }, (_, n) => `line ${n} ${'x'.repeat(n)}\n`);
    for (const line of expected) writer.write(lines(line));
    await writer.close();
    expect(await read('access.log')).toBe(expected.join(''));
  });

  it('is appended to, in a folder that is made when it is missing', async () => {
    for (const text of ['one\n', 'two\n']) {
      const writer = await open('deep/er/access.log');
      writer.write(lines(text));
      await writer.close();
    }
    expect(await read('deep/er/access.log')).toBe('one\ntwo\n');
  });

  it('refuses to be opened where it cannot be', async () => {
    await expect(open('.')).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('is opened anew after it was moved away, and no line is lost', async () => {
    const writer = await open('access.log');
    writer.write(lines('before\n'));
    await rename(join(folder, 'access.log'), join(folder, 'access.log.1'));
    const long = `still before ${'x'.repeat(12_000_000)}\n`;
    writer.write(lines(long));
    const reopened = writer.reopen();
    writer.write(lines('meanwhile\n'));
    await reopened;
    expect((await read('access.log.1')) === `before\n${long}meanwhile\n`).toBe(true);
    writer.write(lines('after\n'));
    await writer.close();
    expect(await read('access.log')).toBe('after\n');
  });

  it('goes on in the old file when the new one cannot be opened, and says so', async () => {
    const writer = await open('sub/access.log');
    await rename(join(folder, 'sub'), join(folder, 'moved'));
    // A file where the folder was: nothing can be opened below it.
    const blocker = await open('sub');
    await blocker.close();
    await writer.reopen();
    writer.write(lines('still here\n'));
    await writer.close();
    expect(await read('moved/access.log')).toBe('still here\n');
    expect(logger.lines.map(([level, facts]) => [level, facts.event])).toEqual([['error', 'access-log-reopen-failed']]);
  });

  it('begins with its directives, again after each opening', async () => {
    const writer = await open('u.log', { preamble: (wall) => `#Date: ${new Date(wall).toISOString()}\n` });
    const one = `${'one'.repeat(1000)}\n`;
    for (let n = 0; n < 1000; n++) writer.write(lines(one)); // more than is written at once
    await writer.reopen();
    writer.write(lines('two\n'));
    await writer.close();
    const directive = '#Date: 2026-01-31T22:30:00.000Z\n';
    expect((await read('u.log')) === `${directive}${one.repeat(1000)}${directive}two\n`).toBe(true);
  });
});

it('the path "-" is stderr, which no reopening closes', async () => {
  const url = (path: string) => new URL(path, import.meta.url).href;
  const script = `
    const { LogWriter } = await import('${url('./log-writer.ts')}');
    const { systemClock } = await import('${url('../../base/clock.ts')}');
    const writer = await LogWriter.open({ path: '-', preamble: () => '#once\\n', logger: null, clock: systemClock });
    writer.write(Buffer.from('one\\n'));
    await writer.reopen();
    writer.write(Buffer.from('two\\n'));
    await writer.close();
    console.error('end');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  expect(await text(child.stderr)).toBe('#once\none\ntwo\nend\n');
});

it.runIf(existsSync('/dev/full'))('a full disk is said once, and closing does not hang', async () => {
  const writer = await LogWriter.open({ path: '/dev/full', logger, clock });
  writer.write(lines('lost\n'));
  await vi.waitFor(() => expect(logger.lines.length).toBe(1));
  writer.write(lines('lost too\n'));
  await writer.close();
  expect(logger.lines.map(([level, facts]) => [level, facts.event])).toEqual([['error', 'access-log-write-failed']]);
});

describe('a path with placeholders', () => {
  it('rolls over when its hour or day ends, in UTC', async () => {
    const writer = await open('u_ex%y%m%d.log');
    writer.write(lines('first day\n'));
    clock.advance(HOUR);
    writer.write(lines('first day, next hour\n'));
    clock.advance(HOUR);
    await writer.reopen();
    writer.write(lines('second day\n'));
    await writer.close();
    expect(await read('u_ex260131.log')).toBe('first day\nfirst day, next hour\n');
    expect(await read('u_ex260201.log')).toBe('second day\n');
  });

  it('rolls over by itself at the first line of the new time', async () => {
    const writer = await open('%Y%m%d%H.log', { preamble: (wall) => `#${new Date(wall).getUTCHours()}\n` });
    writer.write(lines('at 22\n'));
    clock.advance(HOUR);
    writer.write(lines('the line that finds out\n'));
    await writer.close();
    expect(await read('2026013122.log')).toBe('#22\nat 22\nthe line that finds out\n');
    expect(await read('2026013123.log')).toBe('#23\n');
  });

  it('keeps as many files as it was told, and leaves files of other names alone', async () => {
    const other = await open('20260131xx.log');
    await other.close();
    const writer = await open('%Y%m%d%H.log', { keep: 2 });
    for (let hour = 0; hour < 4; hour++) {
      await writer.reopen();
      writer.write(lines(`${hour}\n`));
      clock.advance(HOUR);
    }
    await writer.close();
    expect((await readdir(folder)).sort()).toEqual(['2026020100.log', '2026020101.log', '20260131xx.log'].sort());
  });
});

describe('a writer that is behind', () => {
  it('drops what is over the bound, counts the lines, and says so once in ten seconds', async () => {
    const writer = await open('access.log', { bound: 100 });
    const ten = lines('123456789\n'.repeat(10));
    writer.write(ten);
    for (let n = 0; n < 5; n++) writer.write(ten);
    expect(writer.droppedLines).toBe(50);
    expect(logger.lines.map(([, facts]) => facts.lines)).toEqual([10]);
    clock.advance(10_000);
    expect(logger.lines.map(([, facts]) => [facts.event, facts.lines, facts.total])).toEqual([
      ['access-log-dropped', 10, 10],
      ['access-log-dropped', 40, 50],
    ]);
    clock.advance(60_000);
    expect(logger.lines.length).toBe(2);
    await writer.close();
    expect((await read('access.log')).length).toBe(100);
  });
});
