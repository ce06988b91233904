import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

/** Runs `code` in a process of its own, with a logger at hand. */
async function run(code: string): Promise<{ stdout: string; stderr: string }> {
  const module = new URL('./logger.ts', import.meta.url).href;
  const script = `const { createLogger } = await import('${module}'); ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

it('a log line is JSON on stderr with level, time, facts and message, also when the process ends at once', async () => {
  const { stdout, stderr } = await run(
    `const log = await createLogger();
     log.warn({ event: 'server-unhealthy', eventId: 1000, server: 'shop/127.0.0.1:9001' }, 'it went away');
     log.error({ error: new Error('why') }, 'failed');
     log.debug({}, 'not shown');
     process.exit(0);`,
  );
  expect(stdout).toBe('');
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      pid: expect.any(Number),
      event: 'server-unhealthy',
      eventId: 1000,
      server: 'shop/127.0.0.1:9001',
      msg: 'it went away',
    },
    expect.objectContaining({ level: 'error', error: expect.objectContaining({ message: 'why' }) }),
  ]);
});
