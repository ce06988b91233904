import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { cpuTime, residentMemory } from './process-group.ts';

describe.skipIf(process.platform !== 'linux')('a process group', () => {
  it('counts what the children of its leader use', async () => {
    // The leader only waits; the time is its child's.
    const script =
      'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end); console.log("worked");';
    const leader = spawn('sh', ['-c', `'${process.execPath}' -e '${script} setInterval(() => {}, 1e3)' & wait`], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const closed = once(leader, 'close');
    try {
      await once(leader.stdout, 'data');
      expect(cpuTime(leader.pid!)).toBeGreaterThanOrEqual(290_000);
      expect(residentMemory(leader.pid!)).toBeGreaterThan(10 * 2 ** 20);
    } finally {
      process.kill(-leader.pid!, 'SIGKILL');
    }
    await closed;
  });
});
