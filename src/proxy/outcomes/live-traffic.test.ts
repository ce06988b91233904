import { describe, expect, it } from 'vitest';
import { farmOf, finishedRequest } from '../../../test/kit/finished-request.ts';
import type { ErrorCode } from '../../model/proxy-error.ts';
import type { Outcome, RequestContext } from '../../model/request-context.ts';
import { countOutcome } from './count-outcome.ts';
import { LiveTrafficSink } from './live-traffic.ts';

const farm = farmOf('shop', ['127.0.0.1:9001', '127.0.0.1:9002']);
const [first, second] = farm.servers as [(typeof farm.servers)[0], (typeof farm.servers)[0]];

function served(outcome: Partial<Outcome>, changes: Partial<RequestContext> = {}): RequestContext {
  return Object.assign(finishedRequest({ outcome }), { farm, server: first }, changes);
}

function failuresOf(ctx: RequestContext): string[] {
  const failures: string[] = [];
  new LiveTrafficSink((server, reason) => failures.push(`${server.address} ${reason}`)).record(ctx);
  return failures;
}

describe('live traffic counts against a server', () => {
  it('a status among the failure codes of its farm', () => {
    expect(failuresOf(served({ upstreamStatus: 503, status: 503 }))).toEqual(['127.0.0.1:9001 status 503']);
    const strict = farmOf('strict', ['127.0.0.1:9001'], [[404, 404]]);
    const changes = { farm: strict, server: strict.servers[0]! };
    expect(failuresOf(served({ upstreamStatus: 404 }, changes))).toEqual(['127.0.0.1:9001 status 404']);
    expect(failuresOf(served({ upstreamStatus: 503 }, changes))).toEqual([]);
  });

  it.each<ErrorCode>(['connectFailed', 'connectTimeout', 'responseTimeout', 'invalidResponse', 'incompleteResponse'])(
    'the error %s',
    (error) => {
      expect(failuresOf(served({ status: 502, upstreamStatus: 0, error })).length).toBe(1);
    },
  );

  it('each server that an attempt failed on', () => {
    const attempts = [
      { server: first, reused: false, error: 'connectFailed' as const, status: 0, isTrial: false },
      { server: second, reused: false, error: null, status: 0, isTrial: false },
    ];
    expect(failuresOf(served({}, { server: second, attempts }))).toEqual(['127.0.0.1:9001 connection_refused']);
  });
});

describe('live traffic counts against one server twice', () => {
  it('when it failed on a new connection and again on the next', () => {
    const attempts = [
      { server: first, reused: false, error: 'connectFailed' as const, status: 0, isTrial: false },
      { server: first, reused: false, error: 'connectFailed' as const, status: 0, isTrial: false },
    ];
    const outcome = { status: 502, upstreamStatus: 0, error: 'connectFailed' as const };
    expect(failuresOf(served(outcome, { attempts })).length).toBe(2);
  });
});

describe('live traffic counts against nobody', () => {
  it.each<[string, Partial<Outcome>]>([
    ['a good response', {}],
    ['a 404', { status: 404, upstreamStatus: 404 }],
    ['a client that left', { status: 400, upstreamStatus: 0, error: 'clientGone' }],
    ['a refusal of ours', { status: 413, upstreamStatus: 0, error: 'payloadTooLarge' }],
  ])('%s', (_what, outcome) => {
    expect(failuresOf(served(outcome))).toEqual([]);
  });

  it('a request for which no server was left', () => {
    expect(failuresOf(served({ status: 502, upstreamStatus: 0, error: 'noServer' }, { server: null }))).toEqual([]);
  });

  it('a kept connection that the server had closed, when the same server then answered', () => {
    const attempts = [
      { server: first, reused: true, error: 'connectionAborted' as const, status: 0, isTrial: false },
      { server: first, reused: false, error: null, status: 0, isTrial: false },
    ];
    expect(failuresOf(served({}, { attempts }))).toEqual([]);
  });
});

describe('counting', () => {
  it('adds a request to the numbers of its server, failed ones also as failures', () => {
    const counted = farmOf('shop', ['127.0.0.1:9001']);
    const server = counted.servers[0]!;
    for (const outcome of [{}, { status: 502, upstreamStatus: 0, error: 'connectFailed' as const, responseTime: -1 }]) {
      server.state.started();
      countOutcome.record(served(outcome, { farm: counted, server }));
    }
    const totals = server.state.totals();
    expect(totals).toMatchObject({
      totalRequests: 2,
      failedRequests: 1,
      currentRequests: 0,
      bytesSent: 300,
      bytesReceived: 3800,
      responseTimeCount: 1,
    });
    expect([...totals.statusCodes]).toEqual([
      ['none', 1],
      ['200', 1],
    ]);
  });

  it('leaves a request alone that no server was given', () => {
    const before = first.state.totals();
    countOutcome.record(served({ status: 302 }, { server: null }));
    expect(first.state.totals()).toEqual(before);
  });
});
