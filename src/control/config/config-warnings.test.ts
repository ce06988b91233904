import { describe, expect, it } from 'vitest';
import { problemLines as problemsOf } from '../../../test/kit/problem-lines.ts';
import { parseConfig } from './load-config.ts';

describe('warnings', () => {
  it.each([
    [
      'several farms and no rules',
      'farms: { a: { servers: [h] }, b: { servers: [h] } }',
      'no request reaches any of them',
    ],
    ['a farm without server', 'farms: { a: { servers: [ { address: h, enabled: false } ] } }', 'has no enabled server'],
    [
      'a dead live-traffic setting',
      'farms: { a: { servers: [h], healthCheck: { maxLiveTrafficFailures: 3 } } }',
      'liveTrafficFailurePeriod is 0',
    ],
    [
      'priority groups that nobody asked for',
      'farms: { a: { servers: [ g, { address: h, priorityGroup: 2 } ] } }',
      '1:58: warning: priorityGroup has no effect while loadBalancing.priorityGroupActivation is 0: all servers get requests, set priorityGroupActivation: 1',
    ],
    [
      'one priority group that nobody asked for',
      'farms: { a: { servers: [ { address: h, priorityGroup: 2 } ] } }',
      'priorityGroup has no effect',
    ],
    [
      'a test of one server without a URL',
      'farms: { a: { servers: [ { address: h, healthCheck: { retries: 1 } }, { address: g, healthCheck: { url: /up } } ] } }',
      '1:64: warning: retries has no effect: no test is made without healthCheck.url',
    ],
    ['how a test that is not made ends', 'farms: { a: { servers: [h], healthCheck: { rise: 2 } } }', 'no test is made'],
    [
      'servers that are taken out for ever',
      'farms: { a: { servers: [h], healthCheck: { liveTrafficFailurePeriod: 60s } } }',
      'stay out until an operator brings them back',
    ],
    [
      'memory that nobody says',
      'farms: { a: { servers: [h], affinity: { useHostName: true, hostAffinityProvider: HostNameMemory } } }',
      'HostNameMemory has no effect',
    ],
    ['a test without a URL', 'farms: { a: { servers: [h], healthCheck: { interval: 5s } } }', 'no test is made'],
    [
      'a slow start that nobody sees',
      'farms: { a: { servers: [h], slowStart: 30s, loadBalancing: { algorithm: leastrequests } } }',
      'slowStart has no effect with LeastRequests',
    ],
    [
      'buffers beyond a gigabyte',
      'farms: { a: { servers: [h], protocol: { minResponseBuffer: 256KB } } }',
      '2.4 GB (256KB × 10000 connections)',
    ],
    [
      'retries after a time-out that leaves no time',
      'farms: { a: { servers: [h], protocol: { timeout: 5s }, retry: { on: [timeout], perTryTimeout: 5s } } }',
      'the first attempt may take all of protocol.timeout',
    ],
    [
      'keys of a map that differ in case',
      'rewriteMaps: { M: { entries: { a: x, A: y } } }',
      'differ only in letter case',
    ],
    [
      'a cookie beside another way to know clients',
      'farms: { a: { servers: [h], affinity: { useCookie: true, by: header, name: X-Tenant } } }',
      'useCookie is ignored: clients are known by header',
    ],
    [
      'a header that nothing goes by',
      'farms: { a: { servers: [h], affinity: { useCookie: true, name: X-Tenant } } }',
      'name is ignored',
    ],
    [
      'clients that nobody binds',
      'farms: { a: { servers: [h], affinity: { whenServerGone: refuse } } }',
      'add useCookie: true, or by',
    ],
    [
      'a name that no browser will preload',
      'listeners: { s: { address: ":9", tls: { folder: ., hsts: { maxAge: 30d, preload: true } } } }',
      'preload alone puts no name into the lists of browsers: they want its sub-domains too, and a year, set',
    ],
    [
      'a feature of a later version',
      'farms: { a: { servers: [h], affinity: { useExternalCache: true } } }',
      'useExternalCache is ignored: host mappings are not shared',
    ],
  ])('%s', (_what, text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^\d+:\d+: warning: /)]);
    expect(problemsOf(text)[0]).toContain(message);
  });

  it('nothing of tests that some servers have alone', () => {
    const farm = (servers: string, more = '') =>
      problemsOf(
        `farms: { a: { servers: [${servers}], ${more} healthCheck: { interval: 5s, liveTrafficFailurePeriod: 60s } } }`,
      );
    expect(farm('g, { address: h, healthCheck: { url: /up } }')).toEqual([]);
    expect(farm('g', 'serversFrom: [ { file: servers.yaml } ],')).toEqual([]);
    expect(farm('g')).toHaveLength(2);
  });

  it('nothing of pathMap, which acts', () => {
    expect(problemsOf(`pathMap: { 'C:\\inetpub': /srv/www }`)).toEqual([]);
  });

  it('a cache, where it is not off', () => {
    const cached = (cache: string) => problemsOf(`proxy: { enabled: true, cache: ${cache} }`);
    expect(cached('{ queryStringHandling: Accept }')).toEqual([expect.stringContaining('cache is ignored')]);
    expect(cached('{ enabled: false, queryStringHandling: Accept }')).toEqual([]);
    expect(cached('{ enabled: "False" }')).toEqual([]);
  });

  it('a default that is written out is no feature of a later version', () => {
    expect(
      problemsOf(
        'farms: { a: { servers: [h], loadBalancing: { algorithm: weightedRoundRobin }, protocol: { httpVersion: Http11 } } }',
      ),
    ).toEqual([]);
  });

  it('the second farm with one cookie name gets another, and a warning says so', () => {
    const { config, problems } = parseConfig(
      `
farms:
  a: { servers: [h], affinity: { useCookie: true } }
  b: { servers: [h], affinity: { useCookie: true } }
  c: { servers: [h] }
rules: [ { name: r } ]`,
      '/x.yaml',
    );
    expect(config.farms.map((farm) => farm.affinity.cookieName)).toEqual([
      'ARRAffinity',
      'ARRAffinity_b',
      'ARRAffinity',
    ]);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining('ARRAffinity_b')]);
  });
});
