// Selecting a farm and its candidates, as the journey does it.
import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleProxy, sampleServer, sampleTable } from '../../../test/kit/sample-farm.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import type { AffinityPolicy, LoadBalancingPolicy } from '../../model/extensions.ts';
import type { Farm, Origins } from '../../model/farm.ts';
import type { FarmConfig } from '../../model/farm-config.ts';
import { farmDefaults } from '../../model/farm-defaults.ts';
import { OutboundDraft } from '../../model/outbound-draft.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { Availability } from '../../model/server-state.ts';
import { serverId } from '../../model/server-table.ts';
import type { Step } from '../../model/trace.ts';
import { compileFarm } from './compile-farm.ts';
import { farmStage } from './farm-stage.ts';
import { compileOrigins } from './origins.ts';

const firstOf: LoadBalancingPolicy = { name: 'first', pick: (candidates) => candidates[0]! };
const noHeads = () => ({ headFor: () => '', offeredUpgrade: () => '' });
const someAffinity: AffinityPolicy = { name: 'some', find: () => null, bind: () => {}, used: () => {} };

function compiled(config: FarmConfig, affinity: AffinityPolicy | null = null) {
  const { owner, slots } = sampleTable(config);
  const createForwarding = () => ({ headFor: () => '', offeredUpgrade: () => '' });
  const clock = new SimulatedClock();
  const services = {
    ...{ table: owner, slots, createForwarding, clock },
    ...{ createBalancers: () => ({ requests: firstOf, connections: null }), createConnectionAffinity: () => null },
    createAffinity: () => affinity,
  };
  const farm = compileFarm(config, services);
  return { farm, owner, clock, slot: (address: string) => slots.get(serverId(config.name, address))! };
}

/** What the stage reads and writes of a request. */
function request(
  farms: readonly Farm[],
  changes: { destination?: string; scheme?: 'http' | 'https'; onlyFarm?: Farm; trace?: Step[]; origins?: Origins },
): RequestContext {
  const outbound = new OutboundDraft('/');
  outbound.destination = changes.destination ?? null;
  outbound.scheme = changes.scheme ?? 'http';
  const snapshot = {
    origins: changes.origins ?? null,
    farms: new Map(farms.map((farm) => [farm.name.toLowerCase(), farm])),
    onlyFarm: changes.onlyFarm ?? null,
  };
  return { outbound, snapshot, trace: changes.trace ?? null, farm: null, candidates: [] } as unknown as RequestContext;
}

const addresses = (ctx: RequestContext) => ctx.candidates.map((server) => server.address);
const three = () => compiled(sampleFarm('Shop', ['a:1', 'b:2', 'c:3']));

describe('selecting a farm', () => {
  it('takes the farm that the rules rewrote to, whatever the case of its name', () => {
    const { farm } = three();
    const ctx = request([farm], { destination: 'shop' });
    expect(farmStage.onRequest!(ctx)).toBeUndefined();
    expect(ctx.farm).toBe(farm);
    expect(addresses(ctx)).toEqual(['a:1', 'b:2', 'c:3']);
  });

  it('takes the only farm when there are no rules', () => {
    const { farm } = three();
    const ctx = request([farm], { onlyFarm: farm });
    farmStage.onRequest!(ctx);
    expect(ctx.farm).toBe(farm);
  });

  it.each([
    [{}, 'noRoute', 'no rule sent the request to a farm, and there is no site'],
    [{ destination: 'other' }, 'noRoute', 'other is not a farm, and proxy.enabled is false'],
    [{ destination: 'a b', origins: compileOrigins(sampleProxy(), noHeads) }, 'noRoute', 'names no host and port'],
  ])('refuses %j as %s', (changes, code, reason) => {
    const { farm } = three();
    const refusal = expect(() => farmStage.onRequest!(request([farm], changes)));
    refusal.toThrow(expect.objectContaining({ code, message: expect.stringContaining(reason) }));
  });

  it('takes any other host as an origin where the proxy is enabled, and explains that', () => {
    const { farm } = three();
    const trace: Step[] = [];
    const origins = compileOrigins(sampleProxy(), noHeads);
    const ctx = request([farm], { destination: 'other:81', origins, trace });
    expect(farmStage.onRequest!(ctx)).toBeUndefined();
    expect(ctx.farm).toMatchObject({ name: 'other:81', isOrigin: true });
    expect(addresses(ctx)).toEqual(['other:81']);
    const reason = 'other:81 is not a farm, and proxy.enabled allows any host';
    expect(trace).toEqual([{ stage: 'farm', farm: null, origin: 'other:81', reason }]);
  });

  it('answers 502.4 for a farm that was taken offline', () => {
    const { farm } = compiled(sampleFarm('shop', ['a:1'], { enabled: false }));
    const refusal = expect(() => farmStage.onRequest!(request([farm], { destination: 'shop' })));
    refusal.toThrow(expect.objectContaining({ code: 'noServer', message: 'farm shop is offline (enabled: false)' }));
  });
});

describe('candidates', () => {
  it('are the healthy, Active servers that are enabled, in file order', () => {
    const off = sampleServer('d:4', { enabled: false });
    const { farm, owner, slot } = compiled(sampleFarm('shop', ['a:1', 'b:2', 'c:3', off]));
    owner.setHealthy(slot('a:1'), false);
    owner.setAvailability(slot('c:3'), Availability.Draining);
    expect(farm.candidates().map((server) => server.address)).toEqual(['b:2']);
    owner.setHealthy(slot('a:1'), true);
    expect(farm.candidates().map((server) => server.address)).toEqual(['a:1', 'b:2']);
  });

  it('are one and the same list until a state of this farm changes', () => {
    const { farm, owner, slot } = three();
    const list = farm.candidates();
    expect(farm.candidates()).toBe(list);
    owner.advanceEpoch();
    expect(farm.candidates()).toBe(list);
    owner.setHealthy(slot('b:2'), false);
    expect(farm.candidates()).not.toBe(list);
  });

  it('disregard health, not state, below minServers', () => {
    const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3']);
    config.healthCheck.minServers = 2;
    const { farm, owner, slot } = compiled(config);
    owner.setHealthy(slot('a:1'), false);
    expect(farm.candidates()).toHaveLength(2);
    owner.setAvailability(slot('c:3'), Availability.Inactive);
    expect(farm.candidates().map((server) => server.address)).toEqual(['a:1', 'b:2']);
  });

  it('disregard health below the panic threshold too', () => {
    const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3', 'd:4']);
    config.healthCheck.panicThreshold = 50;
    const { farm, owner, slot } = compiled(config);
    owner.setHealthy(slot('a:1'), false);
    owner.setHealthy(slot('b:2'), false);
    expect(farm.candidates()).toHaveLength(2);
    owner.setHealthy(slot('c:3'), false);
    expect(farm.candidates()).toHaveLength(4);
    owner.setHealthy(slot('a:1'), true);
    expect(farm.candidates().map((server) => server.address)).toEqual(['a:1', 'd:4']);
  });

  it('leave out servers that warm up, unless nobody else is there', () => {
    const { farm, owner, slot } = compiled(sampleFarm('shop', ['a:1', 'b:2']));
    owner.setWarming(slot('a:1'), true);
    expect(farm.candidates().map((server) => server.address)).toEqual(['b:2']);
    owner.setHealthy(slot('b:2'), false);
    expect(farm.candidates().map((server) => server.address)).toEqual(['a:1']);
  });

  it('are another list when a weight changes, so that methods see it', () => {
    const { farm, owner, slot } = compiled(sampleFarm('shop', ['a:1', 'b:2']));
    const list = farm.candidates();
    owner.setRampMissing(slot('a:1'), 90);
    expect(farm.candidates()).not.toBe(list);
    expect(farm.candidates()).toEqual(list);
  });

  it('are those of the highest priority group, and of the next while too few of it are available', () => {
    const group = (address: string, priorityGroup: number) => sampleServer(address, { priorityGroup });
    const config = sampleFarm('shop', [group('a:1', 1), group('b:2', 5), group('c:3', 5), group('d:4', 0)]);
    const of = (priorityGroupActivation: number) => {
      config.loadBalancing.priorityGroupActivation = priorityGroupActivation;
      const { farm, owner, slot } = compiled(config);
      const addresses = () => farm.candidates().map((server) => server.address);
      const whole = addresses();
      owner.setHealthy(slot('b:2'), false);
      const without = addresses();
      owner.setHealthy(slot('b:2'), true);
      expect(addresses()).toEqual(whole);
      return [whole.join(), without.join()];
    };
    expect(of(0)).toEqual(['a:1,b:2,c:3,d:4', 'a:1,c:3,d:4']);
    expect(of(1)).toEqual(['b:2,c:3', 'c:3']);
    expect(of(2)).toEqual(['b:2,c:3', 'a:1,c:3']);
    expect(of(3)).toEqual(['a:1,b:2,c:3', 'a:1,c:3,d:4']);
    expect(of(9)).toEqual(['a:1,b:2,c:3,d:4', 'a:1,c:3,d:4']);
  });

  it('give a reason that counts the servers when there are none', () => {
    const { farm, owner, slot } = compiled(
      sampleFarm('shop', ['a:1', 'b:2', 'c:3', sampleServer('d:4', { enabled: false })]),
    );
    owner.setHealthy(slot('a:1'), false);
    owner.setHealthy(slot('b:2'), false);
    owner.setAvailability(slot('c:3'), Availability.Draining);
    const reason = 'farm shop: 4 servers: 2 unhealthy, 1 draining, 1 disabled';
    const refusal = expect(() => farmStage.onRequest!(request([farm], { destination: 'shop' })));
    refusal.toThrow(expect.objectContaining({ code: 'noServer', message: reason }));
  });

  it('may be empty where affinity has yet to speak: a draining server keeps its clients', () => {
    const { farm, owner, slot } = compiled(sampleFarm('shop', ['a:1']), someAffinity);
    owner.setAvailability(slot('a:1'), Availability.Draining);
    const ctx = request([farm], { destination: 'shop' });
    farmStage.onRequest!(ctx);
    expect(ctx.candidates).toEqual([]);
  });

  it('are explained one by one when somebody asks', () => {
    const config = sampleFarm('shop', ['a:1', 'b:2', sampleServer('c:3', { enabled: false })]);
    config.healthCheck.minServers = 2;
    const { farm, owner, slot } = compiled(config);
    owner.setHealthy(slot('a:1'), false);
    const trace: Step[] = [];
    farmStage.onRequest!(request([farm], { destination: 'shop', trace }));
    expect(trace).toEqual([
      { stage: 'farm', farm: 'shop', reason: 'the rewritten URL begins with http://shop/' },
      {
        stage: 'candidates',
        servers: [
          { address: 'a:1', in: true, reason: 'unhealthy, but too few servers are healthy: health is disregarded' },
          { address: 'b:2', in: true, reason: 'available' },
          { address: 'c:3', in: false, reason: 'disabled' },
        ],
      },
    ]);
  });
});

describe('a server on the wire', () => {
  const hostOf = (server: ReturnType<typeof sampleServer>, alternateHostName = '') => {
    const config = sampleFarm('shop', [server]);
    config.protocol.alternateHostName = alternateHostName;
    return compiled(config).farm.servers[0]!.hostHeader;
  };

  it('is asked under alternateHostName, else its hostName, else its address with a port that is not 80', () => {
    const named = sampleServer('10.0.0.1:8080', { hostName: 'app.local' });
    expect(hostOf(named, 'public.example.com')).toBe('public.example.com');
    expect(hostOf(named)).toBe('app.local');
    expect(hostOf(sampleServer('10.0.0.1:8080'))).toBe('10.0.0.1:8080');
    expect(hostOf(sampleServer('10.0.0.1'))).toBe('10.0.0.1');
    expect(hostOf(sampleServer('v6', { target: { kind: 'tcp', host: '::1' }, httpPort: 81 }))).toBe('[::1]:81');
    expect(hostOf(sampleServer('unix', { target: { kind: 'unix', path: '/run/app' } }))).toBe('localhost');
  });

  it('shares no connection with a server of another identity, address or port', () => {
    const keys = [
      sampleServer('a:1'),
      sampleServer('a:2'),
      sampleServer('a', { httpPort: 8080 }),
      sampleServer('b', { target: { kind: 'unix', path: '/run/b' } }),
    ].map((server) => compiled(sampleFarm('shop', [server])).farm.servers[0]!.poolKey);
    const moved = compiled(sampleFarm('shop', [sampleServer('a:1', { httpPort: 9 })])).farm.servers[0]!.poolKey;
    expect(new Set([...keys, moved]).size).toBe(5);
  });
});

describe('a circuit that is open in a priority group', () => {
  it('is tried while the group is in use, and not while it is kept in reserve', () => {
    const groups = [10, 10, 5].map((priorityGroup, i) => sampleServer(`s${i}:80`, { priorityGroup }));
    const loadBalancing = { ...farmDefaults().loadBalancing, priorityGroupActivation: 1 };
    const circuitBreaker = { failures: 1, openFor: 10 };
    const { farm, owner, clock, slot } = compiled(sampleFarm('shop', groups, { loadBalancing, circuitBreaker }));
    const [a, b, c] = farm.servers;
    const trial = () => farm.breaker!.takeTrial({ affinity: 'off', candidates: [], hostRecord: null } as never);
    farm.breaker!.failed(c!, false);
    clock.advance(20);
    expect([trial(), farm.candidates()]).toEqual([null, [a, b]]);
    farm.breaker!.failed(b!, false);
    clock.advance(20);
    expect(trial()).toBe(b);
    owner.setHealthy(slot('s0:80'), false);
    owner.setHealthy(slot('s1:80'), false);
    clock.advance(20);
    expect(trial()).toBe(c);
  });
});
