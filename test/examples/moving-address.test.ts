// Two front tiers share an address by keepalived: the holder is lost under load, and the clients' next requests succeed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ExampleProcess, startExample } from '../kit/example-process.ts';
import { networksAreMissing } from '../kit/networks.ts';
import { until } from '../kit/until.ts';

const CLIENT = fileURLToPath(new URL('../fixtures/asking-client.mjs', import.meta.url));
const SHARED = '192.0.2.10';
const CLIENTS = 8;

/** A request, by the clock of this machine. */
interface Asked {
  client: number;
  began: number;
  ended: number;
  failure: string | null;
}

/** Every request of clients that ask all the time. */
function askAlways(namespaces: string) {
  const command = ['netns', 'exec', `${namespaces}-client`, process.execPath, CLIENT, `http://${SHARED}:8080/cart`];
  const child = spawn('ip', [...command, String(CLIENTS)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(end);
  const asked: Asked[] = [];
  createInterface(child.stdout).on('line', (line) => asked.push(JSON.parse(line)));
  return { asked, end };
}

interface Loss {
  /** Takes front tier 1 away. */
  lose(example: ExampleProcess, namespaces: string): void;
  /** Brings it back; absent: it stays lost. */
  bringBack?(example: ExampleProcess, namespaces: string): void;
}

const cable = (namespaces: string, state: 'up' | 'down') =>
  execFileSync('ip', ['-n', `${namespaces}-switch`, 'link', 'set', 'dev', 'front-1', state]);

const LOSSES: Record<string, Loss> = {
  'narrows is killed': { lose: (example) => void process.kill(example.pid('front tier 1'), 'SIGKILL') },
  'the machine is lost': {
    lose(_, namespaces) {
      cable(namespaces, 'down');
      const pids = execFileSync('ip', ['netns', 'pids', `${namespaces}-front-1`], { encoding: 'utf8' });
      for (const pid of pids.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    },
  },
  'narrows hangs': {
    lose: (example) => void process.kill(example.pid('front tier 1'), 'SIGSTOP'),
    bringBack: (example) => void process.kill(example.pid('front tier 1'), 'SIGCONT'),
  },
  'its cable is pulled': {
    lose: (_, namespaces) => void cable(namespaces, 'down'),
    bringBack: (_, namespaces) => void cable(namespaces, 'up'),
  },
};

/** Waits until each client has had its next request served. @returns by how many ms that was after `since`, the longest first */
async function servedAgain(asked: readonly Asked[], since: number): Promise<number[]> {
  const next = (client: number) =>
    asked.find((each) => each.client === client && each.began >= since && each.failure === null);
  const all = Array.from({ length: CLIENTS }, (_, client) => client);
  await until(() => all.every((client) => next(client) !== undefined));
  return all.map((client) => next(client)!.ended - since).sort((a, b) => b - a);
}

const HOLDS = (front: number) => new RegExp(`front tier ${front} holds ${SHARED}`);

describe.skipIf(networksAreMissing())('an address that two front tiers share', () => {
  it.each(Object.keys(LOSSES))(
    'moves when %s, and every client is served within 3 s',
    { timeout: 60_000 },
    async (what) => {
      const { lose, bringBack } = LOSSES[what]!;
      const example = await startExample('three-tier-active-passive', ['--netns']);
      const namespaces = example.namespaces!;
      await example.line(HOLDS(1));
      const { asked, end } = askAlways(namespaces);
      await until(() => asked.length >= 400);
      expect(asked.filter(({ failure }) => failure !== null)).toEqual([]);

      const lost = Date.now();
      lose(example, namespaces);
      await example.line(HOLDS(2));
      const held = Date.now();
      const times = await servedAgain(asked, lost);
      const calm = asked.length;
      await until(() => asked.length >= calm + 400);
      const failed = asked.filter(({ failure }) => failure !== null).length;
      process.stderr.write(
        `${what}: served again after ${times.at(-1)} to ${times[0]} ms; ${failed} of ${asked.length} requests failed\n`,
      );
      expect(times[0]).toBeLessThan(3000);
      // What began once the other one had it, and the network knew, is served.
      expect(asked.filter(({ began, failure }) => began > held + 1000 && failure !== null)).toEqual([]);

      if (bringBack !== undefined) {
        const back = Date.now();
        bringBack(example, namespaces);
        await example.line(HOLDS(1), 2);
        expect((await servedAgain(asked, back))[0]).toBeLessThan(3000);
      }
      await end();
      expect(await example.interrupt()).toBe(0);
      expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(namespaces);
    },
  );
});
