// Client affinity as a client sees it: which server answers, and which cookie comes back.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sampleFarm, sampleServers, sampleTable } from '../../../test/kit/sample-farm.ts';
import { requestWith, responseWith } from '../../../test/kit/sample-heads.ts';
import { SimulatedClock } from '../../base/simulated-clock.ts';
import { bindingMemory } from '../../model/binding-table.ts';
import type { AffinityPolicy } from '../../model/extensions.ts';
import type { Server } from '../../model/farm.ts';
import type { AffinityConfig } from '../../model/farm-config.ts';
import type { Attempt, RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import { Availability } from '../../model/server-state.ts';
import type { Step } from '../../model/trace.ts';
import { affinityStage } from './affinity-stage.ts';
import { compileCookieAffinity } from './cookie-affinity.ts';

const MINUTE = 60_000;
const stage = affinityStage(new SimulatedClock());
const services = (clock: SimulatedClock) => ({ clock, memory: bindingMemory(64), seed: { high: 1, low: 2 } });

interface Visit {
  verdict: string;
  server: string;
  /** The Set-Cookie line, null when none was sent. */
  setCookie: string | null;
  value: string | null;
  edits: Map<string, string | null> | null;
  trace: Step[];
}

interface Given {
  cookie?: string;
  secure?: boolean;
  host?: string;
  responseFields?: string[];
  /** Where a balancer would send the request. */
  balanced?: number;
  /** Server that a retry moved the request to. */
  movedTo?: number;
}

/** A farm with servers a:1, b:2 and c:3 whose clients are bound by cookie. */
function farmWith(changes: Partial<AffinityConfig> = {}, secret = 'first secret', clock = new SimulatedClock()) {
  const config = sampleFarm('shop', ['a:1', 'b:2', 'c:3']);
  Object.assign(config.affinity, { useCookie: true, ...changes });
  const table = sampleTable(config);
  const servers = sampleServers(config, table);
  const policy = compileCookieAffinity(config.affinity, 'shop', servers, secret, services(clock));
  const slot = (index: number) => table.slots.get(servers[index]!.id)!;
  return { servers, owner: table.owner, slot, visit: (given: Given = {}) => visit(policy, servers, given) };
}

/** One request through the stage and back, as the journey leads it. */
function visit(policy: AffinityPolicy, servers: readonly Server[], given: Given): Visit {
  const attempts: Attempt[] = [];
  const ctx = {
    inbound: Object.assign(requestWith(...(given.cookie === undefined ? [] : [`Cookie: ${given.cookie}`])), {
      ...(given.host === undefined ? {} : { host: given.host }),
    }),
    connection: { secure: given.secure ?? false },
    farm: {
      affinity: policy,
      config: { affinity: { whenServerGone: 'redistribute' } },
      whyNoServer: () => 'farm shop: none',
    },
    candidates: servers.filter((server) => server.state.takesNewWork),
    affinity: 'off',
    affinityRenewal: false,
    boundServer: null,
    hostRecord: null,
    client: null,
    server: null as Server | null,
    attempts: null as Attempt[] | null,
    trace: [] as Step[],
  };
  const request = ctx as unknown as RequestContext;
  stage.onRequest!(request);
  const isBound = ctx.candidates.length === 1;
  ctx.server = isBound ? ctx.candidates[0]! : servers[given.balanced ?? 0]!;
  if (given.movedTo !== undefined) {
    attempts.push({ server: ctx.server, reused: false, error: 'connectFailed', status: 0, isTrial: false });
    ctx.attempts = attempts;
    ctx.server = servers[given.movedTo]!;
  }
  const draft = new ResponseDraft(responseWith(...(given.responseFields ?? [])));
  stage.onResponseHead!(request, draft);
  const value = /=([^;]*)/.exec(draft.addedLines)?.[1] ?? null;
  const setCookie = draft.addedLines === '' ? null : draft.addedLines;
  const { server, affinity: verdict, trace } = ctx;
  return { verdict, server: server.address, setCookie, value, edits: draft.fieldEdits, trace };
}

const cookieOf = (first: Visit) => `ARRAffinity=${first.value}`;

describe('the affinity cookie', () => {
  it('is set for a new client and leads it back to the same server, without being set again', () => {
    const { visit } = farmWith();
    const first = visit({ balanced: 1 });
    expect(first).toMatchObject({ verdict: 'new', server: 'b:2' });
    const second = visit({ cookie: `theme=dark; ${cookieOf(first)}`, balanced: 2 });
    expect(second).toMatchObject({ verdict: 'kept', server: 'b:2', setCookie: null });
  });

  it('is opaque, constant for a server and different for each farm, server and secret', () => {
    const values = [0, 1, 2].map((balanced) => farmWith().visit({ balanced }).value);
    expect(new Set([...values, farmWith({}, 'second secret').visit().value]).size).toBe(4);
    expect(values[0]).toMatch(/^[\w-]{43}$/);
    expect(farmWith().visit().value).toBe(values[0]);
    expect(farmWith({ secret: 'first secret' }, 'other').visit().value).toBe(values[0]);
  });

  it.each([
    [null, false, 'Path=/; HttpOnly'],
    [null, true, 'Path=/; HttpOnly; Secure; SameSite=None'],
    ['Lax', false, 'Path=/; HttpOnly; SameSite=Lax'],
    ['Strict', true, 'Path=/; HttpOnly; Secure; SameSite=Strict'],
    ['None', false, 'Path=/; HttpOnly; Secure; SameSite=None'],
  ] as const)('with sameSite %s and TLS %s has the flags %s', (sameSite, secure, flags) => {
    const { setCookie, value } = farmWith({ sameSite }).visit({ secure });
    expect(setCookie).toBe(`Set-Cookie: ARRAffinity=${value}; ${flags}\r\n`);
  });

  it('has the name that the farm gives it', () => {
    const { visit } = farmWith({ cookieName: 'Stick_shop' });
    const { setCookie, value } = visit({ balanced: 1 });
    expect(setCookie).toContain('Set-Cookie: Stick_shop=');
    expect(visit({ cookie: `ARRAffinity=${value}` }).verdict).toBe('new');
    expect(visit({ cookie: `Stick_shop=${value}` })).toMatchObject({ verdict: 'kept', server: 'b:2' });
  });

  it('is for the path that the farm gives it, and partitioned where that is asked for', () => {
    const { setCookie } = farmWith({ cookiePath: '/shop', partitioned: true }).visit();
    expect(setCookie).toContain('; Path=/shop; HttpOnly; Secure; SameSite=None; Partitioned\r\n');
  });

  it.each([
    ['www.shop.example.com', 2, '; Domain=example.com'],
    ['WWW.Shop.Example.com:8080', 3, '; Domain=shop.example.com'],
    ['www.example.com.', 2, ''],
    ['example.com', 5, '; Domain=example.com'],
    ['www.example.com', 0, '; Domain=example.com'],
    ['localhost', 2, ''],
    ['10.0.0.1:80', 2, ''],
    ['[::1]:80', 2, ''],
    ['a_b.example.com', 2, '; Domain=example.com'],
    ['www.example.com%00', 2, ''],
  ])('of the host %s, with %i labels, has the domain "%s"', (host, cookieDomainLabels, domain) => {
    const { setCookie } = farmWith({ cookieDomainLabels }).visit({ host });
    expect(setCookie).toMatch(new RegExp(`HttpOnly${domain.replaceAll('.', '\\.')}\r\n$`));
  });
});

describe('a cookie that does not hold', () => {
  it('is replaced when its value is unknown', () => {
    const result = farmWith().visit({ cookie: 'ARRAffinity=nonsense', balanced: 2 });
    expect(result).toMatchObject({ verdict: 'invalid', server: 'c:3' });
    expect(result.setCookie).not.toBeNull();
  });

  it.each([
    ['unhealthy', (farm: ReturnType<typeof farmWith>) => farm.owner.setHealthy(farm.slot(0), false)],
    [
      'inactive',
      (farm: ReturnType<typeof farmWith>) => farm.owner.setAvailability(farm.slot(0), Availability.Inactive),
    ],
  ])('is replaced when its server is %s', (_, change) => {
    const farm = farmWith();
    const cookie = cookieOf(farm.visit({ balanced: 0 }));
    change(farm);
    const result = farm.visit({ cookie, balanced: 1 });
    expect(result).toMatchObject({ verdict: 'gone', server: 'b:2' });
    expect(result.value).toBe(farmWith().visit({ balanced: 1 }).value);
  });

  it('still holds when its server is draining, also when no other takes work', () => {
    const farm = farmWith();
    const cookie = cookieOf(farm.visit({ balanced: 0 }));
    for (const index of [0, 1, 2]) farm.owner.setAvailability(farm.slot(index), Availability.Draining);
    expect(farm.visit({ cookie })).toMatchObject({ verdict: 'kept', server: 'a:1', setCookie: null });
    expect(() => farm.visit()).toThrow(expect.objectContaining({ code: 'noServer', message: 'farm shop: none' }));
  });

  it('still holds for an unhealthy server that the farm has among its candidates', () => {
    const config = sampleFarm('shop', ['a:1', 'b:2']);
    config.affinity.useCookie = true;
    const table = sampleTable(config);
    const servers = sampleServers(config, table);
    const policy = compileCookieAffinity(config.affinity, 'shop', servers, 'secret', services(new SimulatedClock()));
    const cookie = cookieOf(visit(policy, servers, { balanced: 1 }));
    table.owner.setHealthy(table.slots.get('shop/b:2')!, false);
    const ctx = {
      inbound: requestWith(`Cookie: ${cookie}`),
      candidates: servers,
      hostRecord: null,
    } as unknown as RequestContext;
    expect(policy.find(ctx)).toBe(servers[1]);
  });

  it('gives way to a second one of the same name that does', () => {
    const farm = farmWith();
    const a = farm.visit({ balanced: 0 });
    const b = farm.visit({ balanced: 1 });
    farm.owner.setHealthy(farm.slot(0), false);
    const cookie = `ARRAffinity=nonsense; ${cookieOf(a)}; ${cookieOf(b)}`;
    expect(farm.visit({ cookie })).toMatchObject({ verdict: 'kept', server: 'b:2', setCookie: null });
  });

  it('is looked for among a bounded number of values', () => {
    const farm = farmWith();
    const many = Array.from({ length: 8 }, (_, index) => `ARRAffinity=${index}`).join('; ');
    expect(farm.visit({ cookie: `${many}; ${cookieOf(farm.visit())}` }).verdict).toBe('invalid');
  });

  it('follows a retry that moved its client to another server', () => {
    const farm = farmWith();
    const cookie = cookieOf(farm.visit({ balanced: 0 }));
    const moved = farm.visit({ cookie, movedTo: 2 });
    expect(moved).toMatchObject({ verdict: 'rebound', value: farm.visit({ balanced: 2 }).value });
    expect(farm.visit({ cookie, movedTo: 0 })).toMatchObject({ verdict: 'kept', setCookie: null });
  });
});

describe('a migration', () => {
  const arrValue = (name: string) =>
    createHash('sha256').update(Buffer.from(name.toLowerCase(), 'utf16le')).digest('hex').toUpperCase();

  it('writes the value that ARR writes where compatibility asks for it, and honours ours', () => {
    const ours = farmWith().visit({ balanced: 1 });
    const farm = farmWith({ writesArrValue: true });
    expect(farm.visit({ balanced: 1 }).value).toBe(arrValue('b:2'));
    expect(farm.visit({ cookie: `ARRAffinity=${arrValue('b:2')}` })).toMatchObject({
      verdict: 'kept',
      setCookie: null,
    });
    expect(farm.visit({ cookie: cookieOf(ours) })).toMatchObject({ server: 'b:2', value: arrValue('b:2') });
  });

  it('knows the value of a server that ARR knew without its port', () => {
    expect(farmWith().visit({ cookie: `ARRAffinity=${arrValue('C')}` })).toMatchObject({
      verdict: 'kept',
      server: 'c:3',
    });
  });

  it('keeps ARR values under a lifetime', () => {
    const clock = new SimulatedClock();
    const farm = farmWith({ writesArrValue: true, cookieLifetime: 60 * MINUTE }, 'first secret', clock);
    const first = farm.visit({ balanced: 2 });
    expect(first.value).toMatch(new RegExp(`^${arrValue('c:3')}\\.`));
    expect(farm.visit({ cookie: cookieOf(first) })).toMatchObject({ verdict: 'kept', server: 'c:3' });
    clock.advance(61 * MINUTE);
    expect(farm.visit({ cookie: cookieOf(first) }).verdict).toBe('invalid');
  });

  it('accepts the value of a previous secret and replaces it by one of the current', () => {
    const old = farmWith({}, 'old').visit({ balanced: 1 });
    const farm = farmWith({ previousSecrets: ['older', 'old'] });
    const result = farm.visit({ cookie: cookieOf(old) });
    expect(result).toMatchObject({ verdict: 'kept', server: 'b:2', value: farm.visit({ balanced: 1 }).value });
    expect(farm.visit({ cookie: cookieOf(result) }).setCookie).toBeNull();
    expect(farmWith().visit({ cookie: cookieOf(old) }).verdict).toBe('invalid');
  });

  it("accepts ARR's own hash of the server name and replaces it", () => {
    const hash = createHash('sha256').update(Buffer.from('b:2', 'utf16le')).digest('hex').toUpperCase();
    const result = farmWith().visit({ cookie: `ARRAffinity=${hash}` });
    expect(result).toMatchObject({ verdict: 'kept', server: 'b:2' });
    expect(result.value).toMatch(/^[\w-]{43}$/);
  });

  it('from and to lifetimes logs nobody out', () => {
    const constant = farmWith().visit({ balanced: 2 });
    const timed = farmWith({ cookieLifetime: 60 * MINUTE }).visit({ cookie: cookieOf(constant) });
    expect(timed).toMatchObject({ verdict: 'kept', server: 'c:3' });
    expect(timed.value).toContain('.');
    const back = farmWith().visit({ cookie: cookieOf(timed) });
    expect(back).toMatchObject({ verdict: 'kept', server: 'c:3', value: constant.value });
  });
});

describe('Arr-Disable-Session-Affinity', () => {
  it.each(['True', 'true'])('%s on a response keeps it from binding anybody, and is not shown', (value) => {
    const result = farmWith().visit({ responseFields: [`Arr-Disable-Session-Affinity: ${value}`] });
    expect(result.setCookie).toBeNull();
    expect(result.edits).toEqual(new Map([['arr-disable-session-affinity', null]]));
  });

  it('False binds as usual, and is not shown either', () => {
    const result = farmWith().visit({ responseFields: ['ARR-Disable-Session-Affinity: False'] });
    expect(result.setCookie).not.toBeNull();
    expect(result.edits?.get('arr-disable-session-affinity')).toBeNull();
  });
});

describe('lifetimes', () => {
  it('end an idle binding, at most a minute late, and never one in use', () => {
    const clock = new SimulatedClock();
    const farm = farmWith({ cookieIdleTimeout: 5 * MINUTE }, 'secret', clock);
    let cookie = cookieOf(farm.visit({ balanced: 1 }));
    for (let visits = 0; visits < 20; visits++) {
      clock.advance(4.9 * MINUTE);
      const result = farm.visit({ cookie });
      expect(result).toMatchObject({ verdict: 'kept', server: 'b:2' });
      cookie = cookieOf(result);
    }
    clock.advance(MINUTE - 1000);
    expect(farm.visit({ cookie })).toMatchObject({ verdict: 'kept', setCookie: null });
    clock.advance(5 * MINUTE);
    expect(farm.visit({ cookie }).verdict).toBe('kept');
    clock.advance(2000);
    expect(farm.visit({ cookie }).verdict).toBe('invalid');
  });

  it('end a binding of full age however often it is used', () => {
    const clock = new SimulatedClock();
    const farm = farmWith({ cookieLifetime: 10 * MINUTE }, 'secret', clock);
    let cookie = cookieOf(farm.visit());
    for (let minute = 1; minute <= 10; minute++) {
      clock.advance(MINUTE);
      const result = farm.visit({ cookie });
      expect(result.verdict).toBe('kept');
      cookie = cookieOf(result);
    }
    clock.advance(1000);
    expect(farm.visit({ cookie }).verdict).toBe('invalid');
  });

  it('write the cookie again at most once a minute', () => {
    const clock = new SimulatedClock();
    const farm = farmWith({ cookieIdleTimeout: 5 * MINUTE }, 'secret', clock);
    const cookie = cookieOf(farm.visit());
    clock.advance(59_000);
    expect(farm.visit({ cookie }).setCookie).toBeNull();
    clock.advance(1000);
    expect(farm.visit({ cookie }).setCookie).not.toBeNull();
  });

  it('cannot be stretched by a client, nor moved to another server', () => {
    const farm = farmWith({ cookieLifetime: MINUTE });
    const [constant, born, seen, mac] = farm.visit({ balanced: 0 }).value!.split('.') as [
      string,
      string,
      string,
      string,
    ];
    const other = farm.visit({ balanced: 1 }).value!.split('.')[0];
    for (const forged of [
      `${constant}.${born}.${seen}zz.${mac}`,
      `${constant}.zzzzzz.${seen}.${mac}`,
      `${other}.${born}.${seen}.${mac}`,
      `${constant}.${born}.${seen}.${'A'.repeat(22)}`,
      `${constant}.${born}.${seen}`,
    ]) {
      expect(farm.visit({ cookie: `ARRAffinity=${forged}` }).verdict).toBe('invalid');
    }
  });

  it('hold under a previous secret, keeping the age of the binding', () => {
    const clock = new SimulatedClock();
    const before = farmWith({ cookieLifetime: 10 * MINUTE }, 'old', clock).visit({ balanced: 1 });
    clock.advance(9 * MINUTE);
    const farm = farmWith({ cookieLifetime: 10 * MINUTE, previousSecrets: ['old'] }, 'new', clock);
    const renewed = farm.visit({ cookie: cookieOf(before) });
    expect(renewed).toMatchObject({ verdict: 'kept', server: 'b:2' });
    expect(renewed.value).not.toBe(before.value);
    clock.advance(2 * MINUTE);
    expect(farm.visit({ cookie: cookieOf(renewed) }).verdict).toBe('invalid');
  });

  it('are verified for more clients than the cache holds', () => {
    const clock = new SimulatedClock();
    const farm = farmWith({ cookieLifetime: 1e9 }, 'secret', clock);
    const cookies = Array.from({ length: 5000 }, () => {
      clock.advance(1000);
      return cookieOf(farm.visit({ balanced: 2 }));
    });
    for (const cookie of cookies) expect(farm.visit({ cookie }).server).toBe('c:3');
  });
});

describe('explain', () => {
  it('shows the verdict, the server and the reason', () => {
    const farm = farmWith();
    const first = farm.visit({ balanced: 1 });
    expect(first.trace).toEqual([{ stage: 'affinity', verdict: 'new', reason: 'the request has no affinity cookie' }]);
    expect(farm.visit({ cookie: cookieOf(first) }).trace).toEqual([
      expect.objectContaining({ verdict: 'kept', server: 'b:2' }),
    ]);
  });
});
