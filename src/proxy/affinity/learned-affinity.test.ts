// Affinity by what clients send of themselves, from request to response, on a clock that stands still until told.
import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServers, sampleTable } from '../../../test/kit/sample-farm.ts';
import { requestWith, responseWith } from '../../../test/kit/sample-heads.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { BindingTable, bindingMemory } from '../../model/binding-table.ts';
import { bindingValueOf } from '../../model/binding-value.ts';
import type { ClientExchange } from '../../model/client.ts';
import type { Farm } from '../../model/farm.ts';
import type { AffinityConfig } from '../../model/farm-config.ts';
import type { HostRecord } from '../../model/host-directory.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import { affinityStage } from './affinity-stage.ts';
import { compileAffinity } from './compile-affinity.ts';
import { SharedHostServers } from './host-servers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const byTenant = { by: { kind: 'header', name: 'X-Tenant' }, timeout: 20 * MINUTE } as const;

/** A farm of a:1, b:2 and c:3 in `workers` threads, as far as they share memory. */
function farmWith(changes: Partial<AffinityConfig> = byTenant, workers = 1) {
  const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3']);
  Object.assign(config.affinity, changes);
  const table = sampleTable(config, workers);
  const memory = bindingMemory(1024);
  const clock = new SimulatedClock();
  const stage = affinityStage(clock);
  const rows = Array.from({ length: workers }, (_, row) => {
    const servers = sampleServers(config, table, row);
    const services = { clock, memory, seed: { high: 3, low: 4 }, secret: 'of this run', readVariable: () => () => '' };
    const affinity = compileAffinity(config.affinity, 'shop', servers, services);
    const candidates = () => servers.filter(({ state }) => state.takesNewWork);
    return { servers, farm: { config, affinity, servers, candidates, whyNoServer: () => 'none' } as unknown as Farm };
  });
  const setHealthy = (index: number, isHealthy: boolean) =>
    table.owner.setHealthy(table.slots.get(rows[0]!.servers[index]!.id)!, isHealthy);
  /** A request before it was balanced. */
  const request = (
    fields: string[],
    row = 0,
    client: Partial<ClientExchange> | null = { gone: null },
  ): RequestContext => {
    const { farm } = rows[row]!;
    const candidates = farm.candidates();
    return {
      ...{ inbound: requestWith(...fields), farm, candidates, client, clientAddress: '192.0.2.1' },
      ...{ affinity: 'off', affinityRenewal: false, boundServer: null, hostRecord: null, trace: null },
      ...{ server: null, attempts: null, startedAt: clock.monotonic(), connection: { secure: false } },
    } as unknown as RequestContext;
  };
  /** A whole request, which lasts `duration` ms; where a balancer would send it, and what the server answers. */
  const visit = (fields: string[], balanced = 0, row = 0, duration = 0, answer: string[] = []) => {
    const ctx = request(fields, row);
    stage.onRequest!(ctx);
    ctx.server = ctx.candidates.length === 1 ? ctx.candidates[0]! : rows[row]!.servers[balanced]!;
    stage.onResponseHead!(ctx, new ResponseDraft(responseWith(...answer)));
    clock.advance(duration);
    stage.onEnd!(ctx);
    return `${ctx.affinity} ${ctx.server.address}`;
  };
  const boundTo = (index: number) => {
    const since = Math.floor((clock.wall() - config.affinity.timeout) / 1000);
    return new BindingTable(memory).count(bindingValueOf(rows[0]!.servers[index]!), since);
  };
  const lastUse = (index: number) => clock.wall() - rows[0]!.servers[index]!.state.lastBinding * 1000;
  return { clock, stage, request, visit, boundTo, lastUse, setHealthy };
}

describe('a learned binding', () => {
  it('holds in every worker', () => {
    const { visit } = farmWith(byTenant, 3);
    expect(visit(['X-Tenant: t'], 1, 0)).toBe('new b:2');
    expect([visit(['X-Tenant: t'], 0, 1), visit(['X-Tenant: t'], 2, 2)]).toEqual(['kept b:2', 'kept b:2']);
    expect(visit(['X-Tenant: u'], 2, 1)).toBe('new c:3');
  });

  it('goes by the first of several fields', () => {
    const { visit } = farmWith();
    visit(['X-Tenant: t'], 1);
    expect(visit(['X-Tenant: t', 'X-Tenant: u'])).toBe('kept b:2');
    expect(visit(['X-Tenant: u', 'X-Tenant: t'])).toBe('new a:1');
  });

  it('is not made for a request that has nothing of it', () => {
    const { visit, boundTo } = farmWith();
    expect([visit([], 1), visit(['X-Tenant:'], 1), boundTo(1)]).toEqual(['new b:2', 'new b:2', 0]);
  });

  it('ends when it was not used for the timeout', () => {
    const { clock, visit } = farmWith();
    visit(['X-Tenant: t'], 1);
    clock.advance(19 * MINUTE);
    expect(visit(['X-Tenant: t'])).toBe('kept b:2');
    clock.advance(19 * MINUTE);
    expect(visit(['X-Tenant: t'])).toBe('kept b:2');
    clock.advance(21 * MINUTE);
    expect(visit(['X-Tenant: t'], 2)).toBe('new c:3');
  });

  it('is in use as long as a request lasts, so that a WebSocket that ends comes back to its server', () => {
    const { clock, visit, boundTo, lastUse } = farmWith();
    visit(['X-Tenant: t'], 1, 0, 3 * 60 * MINUTE);
    expect([boundTo(1), lastUse(1)]).toEqual([1, 0]);
    clock.advance(MINUTE);
    expect(visit(['X-Tenant: t'])).toBe('kept b:2');
  });

  it('is in use too where a server says that its response binds nobody, and none is made', () => {
    const { clock, visit, boundTo, lastUse } = farmWith();
    const free = ['Arr-Disable-Session-Affinity: True'];
    visit(['X-Tenant: u'], 2, 0, 0, free);
    visit(['X-Tenant: t'], 1);
    for (let n = 0; n < 3; n++) {
      clock.advance(15 * MINUTE);
      expect(visit(['X-Tenant: t'], 0, 0, 0, free)).toBe('kept b:2');
    }
    expect([boundTo(1), boundTo(2), lastUse(1)]).toEqual([1, 0, 0]);
  });

  it('is neither made nor used by who explains', () => {
    const { clock, stage, request, visit, boundTo } = farmWith();
    stage.onRequest!(request(['X-Tenant: t'], 0, null));
    expect(boundTo(0) + boundTo(1) + boundTo(2)).toBe(0);
    visit(['X-Tenant: t'], 1);
    clock.advance(15 * MINUTE);
    const explained = Object.assign(request(['X-Tenant: t'], 0, null), { trace: [] });
    stage.onRequest!(explained);
    expect(explained.trace).toEqual([
      { stage: 'affinity', verdict: 'kept', server: 'b:2', reason: expect.stringContaining('header') },
    ]);
    clock.advance(6 * MINUTE);
    expect(boundTo(1)).toBe(0);
  });
});

describe('a client that is known by its cookie', () => {
  it('is counted at its server, and as long as its request lasts', () => {
    const { clock, visit, boundTo, lastUse } = farmWith({ useCookie: true, timeout: 20 * MINUTE });
    visit([], 1, 0, 60 * MINUTE);
    expect([boundTo(0), boundTo(1), lastUse(1)]).toEqual([0, 1, 0]);
    clock.advance(10 * MINUTE);
    expect(boundTo(1)).toBe(1);
    clock.advance(11 * MINUTE);
    expect(boundTo(1)).toBe(0);
  });

  it('is told from another of its address by the end of User-Agent, and by its length', () => {
    const { visit, boundTo } = farmWith({ useCookie: true, timeout: 20 * MINUTE });
    const agent = (system: string, browser: string) =>
      `User-Agent: Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${browser}`;
    for (const browser of ['Chrome/120.0.0.0 Safari/537.36', 'Chrome/121.0.0.0 Safari/537.36', 'Firefox/120.0']) {
      visit([agent('Windows NT 10.0; Win64; x64', browser)], 1);
      visit([agent('X11; Linux x86_64', browser)], 1);
    }
    expect(boundTo(1)).toBe(6);
  });
});

describe('a client that waits for its server', () => {
  const waits = { ...byTenant, whenServerGone: 'wait', waitTimeout: 10 * SECOND } as const;

  function waiting(client: { gone: ProxyError | null } = { gone: null }) {
    const farm = farmWith(waits);
    farm.visit(['X-Tenant: t'], 1);
    farm.setHealthy(1, false);
    const ctx = farm.request(['X-Tenant: t'], 0, client);
    let ended = 'no';
    const pending = farm.stage.onRequest!(ctx) as Promise<undefined>;
    pending.then(
      () => (ended = 'goes on'),
      (error: ProxyError) => (ended = error.code),
    );
    const end = async () => {
      await Promise.resolve();
      await Promise.resolve();
      return ended;
    };
    return { ...farm, ctx, end, addresses: () => ctx.candidates.map(({ address }) => address) };
  }

  it('goes on as soon as that serves again', async () => {
    const { clock, ctx, end, addresses, setHealthy } = waiting();
    clock.advance(9 * SECOND);
    expect(await end()).toBe('no');
    setHealthy(1, true);
    clock.advance(50);
    expect([await end(), ctx.affinity, addresses()]).toEqual(['goes on', 'kept', ['b:2']]);
  });

  it('goes on, after waitTimeout, to a server that takes work then', async () => {
    const { clock, ctx, end, addresses, setHealthy } = waiting();
    ctx.hostRecord = { servers: new SharedHostServers(['a:1', 'b:2']) } as unknown as HostRecord;
    ctx.candidates = ctx.farm!.servers.slice(0, 1);
    setHealthy(0, false);
    clock.advance(10 * SECOND);
    expect([await end(), addresses()]).toEqual(['goes on', ['c:3']]);
  });

  it('has left: nothing more is done', async () => {
    const client = { gone: null as ProxyError | null };
    const { clock, end, setHealthy } = waiting(client);
    client.gone = new ProxyError('clientGone', 'left');
    clock.advance(50);
    expect(await end()).toBe('clientGone');
    setHealthy(1, true);
    clock.advance(20 * SECOND);
    expect(await end()).toBe('clientGone');
  });
});
