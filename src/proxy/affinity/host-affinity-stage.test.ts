import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServers, sampleTable } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { ClientExchange } from '../../model/client.ts';
import type { Farm } from '../../model/farm.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { hostAffinityStage } from './host-affinity-stage.ts';
import { KnownHosts } from './known-hosts.ts';

function stageOf(hosts: { name: string; servers: number; equivalentHosts: string[] }[] = []) {
  const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3']);
  config.affinity.hostName = { provider: 'HostNameRoundRobin', countersEnabled: true, labels: null, hosts };
  const { owner, slots } = sampleTable(config);
  const servers = sampleServers(config, { owner, slots });
  const offered = { now: servers };
  const farm = {
    ...{ name: 'shop', config, servers, affinity: null },
    ...{ candidates: () => offered.now, whyNoServer: () => 'none' },
  } as unknown as Farm;
  const clock = new SimulatedClock();
  const asked: string[] = [];
  const known = new KnownHosts({
    clock,
    want: (all) => asked.push(...all.map(({ host }) => host)),
    onUnanswered: () => {},
  });
  const stage = hostAffinityStage([farm], known)!;
  const learn = (host: string, ...addresses: string[]) => known.learn([{ farm: 'shop', host, addresses }]);
  const request = (candidates = servers) =>
    ({
      ...{ farm, candidates, hostRecord: null, client: {} as ClientExchange, trace: null },
      inbound: { host: 'X.example:80' },
    }) as unknown as RequestContext;
  const namesOf = ({ candidates }: RequestContext) => candidates.map(({ address }) => address);
  return { stage, clock, asked, learn, request, namesOf, servers, owner, farm, offered };
}

describe('the stage of host affinity', () => {
  it('is not there where no farm maps hosts', () => {
    const farm = { config: sampleFarm('shop', ['a:1']) } as unknown as Farm;
    expect(hostAffinityStage([farm], {} as KnownHosts)).toBeNull();
  });

  it('narrows at once to the servers of a known host, and after the answer to those of another', async () => {
    const { stage, learn, request, namesOf, asked } = stageOf();
    const first = request();
    const waiting = stage.onRequest!(first);
    await Promise.resolve();
    learn('x.example', 'b:2');
    expect([await waiting, namesOf(first), asked]).toEqual([undefined, ['b:2'], ['x.example']]);
    const second = request();
    expect([stage.onRequest!(second), namesOf(second)]).toEqual([undefined, ['b:2']]);
  });

  it('lets a request go on with all candidates when nobody answers in a second', async () => {
    const { stage, clock, request, namesOf } = stageOf();
    const ctx = request();
    const waiting = stage.onRequest!(ctx);
    await Promise.resolve();
    clock.advance(1000);
    expect([await waiting, namesOf(ctx), ctx.hostRecord]).toEqual([undefined, ['a:1', 'b:2', 'c:3'], null]);
  });

  it('lets it go on with those that take work then', async () => {
    const { stage, clock, request, namesOf, servers, offered } = stageOf();
    const ctx = request();
    const waiting = stage.onRequest!(ctx);
    await Promise.resolve();
    offered.now = servers.slice(1);
    clock.advance(1000);
    expect([await waiting, namesOf(ctx)]).toEqual([undefined, ['b:2', 'c:3']]);
  });

  it('asks once for more servers, and again only when the farm offers others', async () => {
    const { stage, learn, request, namesOf, asked, servers } = stageOf([
      { name: 'x.example', servers: 2, equivalentHosts: [] },
    ]);
    learn('x.example', 'a:1');
    const waiting = stage.onRequest!(request());
    await Promise.resolve();
    learn('x.example', 'a:1');
    await waiting;
    const again = request();
    expect([stage.onRequest!(again), namesOf(again), asked.length]).toEqual([undefined, ['a:1'], 1]);
    const others = stage.onRequest!(request([servers[0]!, servers[1]!]));
    await Promise.resolve();
    expect(asked).toHaveLength(2);
    learn('x.example', 'a:1', 'b:2');
    await others;
  });

  it('throws where none of the host serves and none takes new work, and asks nobody', () => {
    const { stage, learn, request, asked, owner, servers } = stageOf();
    learn('x.example', 'a:1');
    owner.setHealthy(servers[0]!.slot, false);
    expect(() => stage.onRequest!(request([]))).toThrow('none');
    expect(asked).toEqual([]);
  });
});
