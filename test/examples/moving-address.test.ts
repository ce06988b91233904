// Two front tiers share an address by keepalived: the holder is lost under load, and the clients' next requests succeed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ExampleProcess, endsWithoutTrace, startExample } from '../kit/example-process.ts';
import { type FrontMachine, frontMachine } from '../kit/front-machine.ts';
import { networksAreMissing } from '../kit/networks.ts';
import { opensslIsMissing } from '../kit/test-certificates.ts';
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

const HOLDS = (front: number) => new RegExp(`front tier ${front} holds ${SHARED}`);

/** Takes front tier 1 away. @returns what brings it back, and resolves when it holds the address again */
type Loss = (example: ExampleProcess, machine: FrontMachine) => () => Promise<void>;

const LOSSES: Record<string, Loss> = {
  'narrows is killed': (example, machine) => {
    const again = machine.started('front tier 1');
    process.kill(example.pid('front tier 1'), 'SIGKILL');
    return async () => {
      await again(/^ready/);
      await example.line(HOLDS(1), 2);
    };
  },
  'the machine is lost': (_, machine) => {
    const narrows = machine.started('front tier 1');
    const keepalived = machine.started('keepalived 1');
    machine.cable('down');
    machine.die();
    return async () => {
      machine.forget(SHARED);
      machine.cable('up');
      await narrows(/^ready/);
      await keepalived(/Entering MASTER STATE/);
    };
  },
  'narrows hangs': (example) => {
    process.kill(example.pid('front tier 1'), 'SIGSTOP');
    return () => {
      process.kill(example.pid('front tier 1'), 'SIGCONT');
      return example.line(HOLDS(1), 2);
    };
  },
  'its cable is pulled': (example, machine) => {
    machine.cable('down');
    return () => {
      machine.cable('up');
      return example.line(HOLDS(1), 2);
    };
  },
};

/**
 * Waits until each client has had a request served that began when `gone` had come.
 * @returns by how many ms that was after `since`, the longest first
 */
async function servedAgain(asked: readonly Asked[], since: number, gone = since): Promise<number[]> {
  const next = (client: number) =>
    asked.find((each) => each.client === client && each.began >= gone && each.failure === null);
  const all = Array.from({ length: CLIENTS }, (_, client) => client);
  await until(() => all.every((client) => next(client) !== undefined));
  return all.map((client) => next(client)!.ended - since).sort((a, b) => b - a);
}

const within3s = (ms: number) => ms < 3000;
const failuresOf = (asked: readonly Asked[]) => asked.filter(({ failure }) => failure !== null);

describe.skipIf(networksAreMissing())('an address that two front tiers share', () => {
  it.each(Object.keys(LOSSES))(
    'moves when %s, every client is served within 3 s, and it goes back to the one that comes back',
    { timeout: 60_000 },
    async (what) => {
      const example = await startExample('three-tier-active-passive', ['--netns']);
      const machine = frontMachine(example);
      await example.line(HOLDS(1));
      const { asked, end } = askAlways(example.namespaces!);
      const more = (count: number): Promise<void> => {
        const so = asked.length;
        return until(() => asked.length >= so + count);
      };
      await more(400);
      expect(failuresOf(asked)).toEqual([]);

      const lost = Date.now();
      const bringBack = LOSSES[what]!(example, machine);
      const gone = Date.now();
      await example.line(HOLDS(2));
      const held = Date.now();
      const times = await servedAgain(asked, lost, gone);
      await more(400);
      const whenLost = [failuresOf(asked).length, asked.length];

      const back = Date.now();
      await bringBack();
      const heldAgain = Date.now();
      const timesBack = await servedAgain(asked, heldAgain);
      await more(400);
      await end();
      const whenBack = asked.slice(whenLost[1]);
      process.stderr.write(
        `${what}: served again after ${times.at(-1)} to ${times[0]} ms, ${whenLost.join(' of ')} requests failed; ` +
          `back after ${heldAgain - back} ms, ${failuresOf(whenBack).length} of ${whenBack.length} failed\n`,
      );
      expect([times[0], timesBack[0]]).toEqual([expect.toSatisfy(within3s), expect.toSatisfy(within3s)]);
      // What began once one of them had it, and the network knew, is served.
      const settled = ({ began }: Asked) => (began > held + 1000 && began < back) || began > heldAgain + 1000;
      expect(failuresOf(asked.filter(settled))).toEqual([]);
      await machine.end();
      await endsWithoutTrace(example);
    },
  );

  it.skipIf(opensslIsMissing())('is that of both ports of shared hosting', { timeout: 60_000 }, async () => {
    const example = await startExample('shared-hosting-active-passive', ['--netns']);
    const visits = [
      ['--connect-to', `::${SHARED}:8443`, '--cacert', example.authority!, 'https://alpha.example/'],
      ['--connect-to', `::${SHARED}:8080`, 'http://alpha.example/'],
    ];
    const visitBoth = () =>
      visits.map((visit) => {
        const curl = ['curl', '-sS', '--max-time', '3', '-o', '/dev/null', '-w', '%{http_code}', ...visit];
        return execFileSync('ip', ['netns', 'exec', `${example.namespaces}-client`, ...curl], { encoding: 'utf8' });
      });
    await example.line(HOLDS(1));
    expect(visitBoth()).toEqual(['200', '200']);
    process.kill(example.pid('front tier 1'), 'SIGKILL');
    await example.line(HOLDS(2));
    expect(visitBoth()).toEqual(['200', '200']);
    await endsWithoutTrace(example);
  });
});
