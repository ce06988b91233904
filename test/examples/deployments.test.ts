// The worked deployments of examples/, each run by its command: the active router is killed under load.
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type ExampleProcess, startExample } from '../kit/example-process.ts';
import { load, type VisitOptions, visit } from '../kit/new-connection-client.ts';
import { opensslIsMissing } from '../kit/test-certificates.ts';
import { until } from '../kit/until.ts';

const CLIENTS = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];

/** What each client asks for: by TLS where the deployment has certificates. */
function visitsOf({ front, authority }: ExampleProcess): VisitOptions[] {
  const isSecure = authority !== undefined;
  const host = isSecure ? 'alpha.example' : 'shop.example';
  return CLIENTS.map((client) => ({ address: front[isSecure ? 1 : 0]!, host, client, authority }));
}

/** Kills router 1 under load. @returns what became of the requests that began before it died, and of those after it was known */
async function killUnderLoad(example: ExampleProcess) {
  const running = load(visitsOf(example));
  await until(() => running.visits.length >= 40);
  const before = running.visits.slice();
  process.kill(example.pid('router 1'), 'SIGKILL');
  await example.line(/router 1 \(pid \d+\) has ended/);
  const died = running.mark();
  await example.line(/is unhealthy/, example.front.length);
  const known = running.mark();
  await until(() => running.visits.filter(({ order }) => order >= known).length >= 40);
  await running.stop();
  const failures = running.visits.filter(({ failure }) => failure !== null);
  return {
    before,
    /** Of connections that were open when it was killed. */
    cut: failures.filter(({ order }) => order < died),
    after: running.visits.filter(({ order }) => order >= known),
  };
}

async function endsWithoutTrace(example: ExampleProcess): Promise<void> {
  expect(await example.interrupt()).toBe(0);
  for (const pid of example.pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  for (const address of example.front) {
    const [host, port] = address.split(':');
    const refused = new Promise((resolve) =>
      connect(Number(port), host!).once('error', ({ message }) => resolve(message)),
    );
    expect(await refused).toContain('ECONNREFUSED');
  }
}

const failuresOf = (visits: readonly { failure: string | null }[]) => visits.filter(({ failure }) => failure !== null);
const routersOf = (visits: readonly { router: string }[]) => [...new Set(visits.map(({ router }) => router))].sort();

const cases = ['three-tier', ...(opensslIsMissing() ? [] : ['shared-hosting'])];

describe.each(cases)('%s', (deployment) => {
  it('active/passive: the second router takes over when the first is killed, and nothing stays at the end', async () => {
    const example = await startExample(`${deployment}-active-passive`);
    const { before, cut, after } = await killUnderLoad(example);
    expect(failuresOf(before)).toEqual([]);
    expect(routersOf(before)).toEqual(['router 1']);
    expect(cut.length).toBeLessThan(40);
    expect(failuresOf(after)).toEqual([]);
    expect(routersOf(after)).toEqual(['router 2']);
    await endsWithoutTrace(example);
  });

  it('active/active: each client has one router, and the one that is left serves all', async () => {
    const example = await startExample(`${deployment}-active-active`);
    const { before, after } = await killUnderLoad(example);
    expect(failuresOf(before)).toEqual([]);
    expect(routersOf(before)).toEqual(['router 1', 'router 2']);
    for (const own of CLIENTS) expect(routersOf(before.filter(({ client }) => client === own))).toHaveLength(1);
    expect(failuresOf(after)).toEqual([]);
    expect(routersOf(after)).toEqual(['router 2']);
    await endsWithoutTrace(example);
  });
});

it('the routers of three tiers serve files themselves', async () => {
  const example = await startExample('three-tier-active-passive');
  const [asked] = visitsOf(example);
  expect((await visit({ ...asked!, path: '/about.html' })).body).toContain('no server was asked');
  expect((await visit({ ...asked!, path: '/cart' })).body).toMatch(
    /^server [ABC]: answer 1, GET \/cart for 127\.0\.0\./,
  );
});

it.skipIf(cases.length === 1)(
  'the sites of shared hosting have a server each, by both ports and both names',
  async () => {
    const example = await startExample('shared-hosting-active-passive');
    const [asked] = visitsOf(example);
    const serverOf = async (options: Partial<VisitOptions>) =>
      /^server ([ABC])/.exec((await visit({ ...asked!, ...options })).body)?.[1];
    const home = await serverOf({});
    expect(home).toMatch(/[ABC]/);
    expect(await serverOf({ host: 'www.alpha.example' })).toBe(home);
    expect(await serverOf({ address: example.front[0]!, authority: undefined })).toBe(home);
    const gamma = await serverOf({ host: 'one.gamma.example' });
    expect([await serverOf({ host: 'one.gamma.example' }), gamma === home]).toEqual([gamma, false]);
    expect((await visit({ ...asked!, host: 'nobody.example' })).failure).not.toBe(null);
  },
);
