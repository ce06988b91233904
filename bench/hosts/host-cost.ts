// Row `hosts`: host-name affinity with 100,000 host names, in this process: the memory of the control thread's map and of one worker's together,
// and the CPU time that the stage takes for a request on a host that is known.
import { systemClock } from '../../src/base/clock.ts';
import { FarmHosts, type Mapping } from '../../src/control/hosts/farm-hosts.ts';
import { MemoryStore } from '../../src/control/state/memory-store.ts';
import type { ClientExchange } from '../../src/model/client.ts';
import type { Farm } from '../../src/model/farm.ts';
import type { FoundHost } from '../../src/model/host-use.ts';
import type { RequestContext } from '../../src/model/request-context.ts';
import { hostAffinityStage } from '../../src/proxy/affinity/host-affinity-stage.ts';
import { KnownHosts } from '../../src/proxy/affinity/known-hosts.ts';
import { collectGarbage } from '../../test/kit/collect-garbage.ts';
import { sampleFarm, sampleServers, sampleTable } from '../../test/kit/sample-farm.ts';

export interface HostCost {
  hosts: number;
  /** Bytes after all garbage was collected. */
  control: number;
  worker: number;
  /** µs CPU for a request, one for each round. */
  samples: number[];
}

const HOSTS = 100_000;
const SERVERS = 10;
const REQUESTS = 200_000;
/** One question of a worker has so many. */
const BATCH = 500;

export function hostCost(rounds: number): HostCost {
  const config = sampleFarm(
    'shop',
    Array.from({ length: SERVERS }, (_, n) => `10.0.0.${n}:80`),
  );
  config.affinity.hostName = { provider: 'HostNameRoundRobin', countersEnabled: true, labels: null, hosts: [] };
  const servers = sampleServers(config, sampleTable(config));
  const farm = { name: 'shop', config, servers, affinity: null } as unknown as Farm;
  const candidates = servers.map(({ address }) => ({ address, isAvailable: true, serves: true, memory: null }));

  const atFirst = heldBytes();
  const map = new FarmHosts(new MemoryStore().space<Mapping>('hosts'));
  map.use(config);
  const now = Math.floor(Date.now() / 1000);
  for (let n = 0; n < HOSTS; n++) map.allocate(hostName(n), candidates, now);
  const withControl = heldBytes();

  const known = new KnownHosts({ clock: systemClock, want: () => {}, onUnanswered: () => {} });
  for (let at = 0; at < HOSTS; at += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, n): FoundHost => {
      const host = hostName(at + n);
      return { farm: 'shop', host, addresses: map.serversOf(host) };
    });
    known.learn(structuredClone(batch)); // as it comes to another thread
  }
  const withWorker = heldBytes();

  const stage = hostAffinityStage([farm], known)!;
  const round = () => cpuOf(stage, farm);
  round();
  const samples = Array.from({ length: rounds }, round);
  if (map.size !== HOSTS) throw new Error(`${map.size} hosts are mapped`);
  return { hosts: HOSTS, control: withControl - atFirst, worker: withWorker - withControl, samples };
}

function hostName(n: number): string {
  return `www.customer-${n}.example.com`;
}

function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

/** Hosts in an order without one, as clients write them. */
function cpuOf(stage: NonNullable<ReturnType<typeof hostAffinityStage>>, farm: Farm): number {
  const outcome = { bytesSent: 300, bytesReceived: 5000 };
  const requests = Array.from({ length: 20_000 }, (_, n) => ({
    ...{ farm, client: {} as ClientExchange, candidates: farm.servers, hostRecord: null, outcome, trace: null },
    inbound: { host: `www.Customer-${(n * 7919) % HOSTS}.example.com:8080` },
  })) as unknown as RequestContext[];
  const before = process.threadCpuUsage();
  for (let n = 0; n < REQUESTS; n++) {
    const ctx = requests[n % requests.length]!;
    ctx.candidates = farm.servers;
    if (stage.onRequest!(ctx) !== undefined) throw new Error('a host is not known');
    stage.onEnd!(ctx);
  }
  const { user, system } = process.threadCpuUsage(before);
  if (requests[0]!.candidates.length !== 1) throw new Error('the candidates are not narrowed');
  return (user + system) / REQUESTS;
}
