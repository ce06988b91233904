import { describe, expect, it } from 'vitest';
import { problemLines as problemsOf } from '../../../test/kit/problem-lines.ts';
import { loadConfig, parseConfig } from './load-config.ts';

const OUTBOUND_RULE = '{ name: r, match: { serverVariable: RESPONSE_X_A, pattern: x } }';

describe('faults', () => {
  it('are all reported at once, each at its place with what would be right', () => {
    expect(
      problemsOf(`listners: {}
farms:
  shop:
    sevrers: []
    servers:
      - { address: "127.0.0.1:9001", weight: 0 }
      - http://10.0.0.1
    loadBalancing: { algorithm: LeastRequest }
    healthCheck: { interval: 3x, retries: 21, statusCodeMatch: 399-200 }
    protocol: { timeout: 2d, minResponseBuffer: 9TB }
    affinity: { useCookie: yes }
limits: 5
workers: many
`),
    ).toEqual([
      '1:1: error: listners: unknown key, did you mean "listeners"?',
      '4:5: error: farms.shop.sevrers: unknown key, did you mean "servers"?',
      '6:46: error: farms.shop.servers[0].weight: expected a whole number from 1 to 4294967295, got 0',
      '7:9: error: farms.shop.servers[1]: "http://10.0.0.1" is a URL, expected host:port, write it like 10.0.0.1:8080',
      '8:33: error: farms.shop.loadBalancing.algorithm: "LeastRequest" is not known here, did you mean "LeastRequests"? (expected WeightedRoundRobin, LeastRequests, LeastResponseTime, WeightedTotalTraffic, RequestHash, Ratio, LeastConnections, Fastest, Observed, Predictive, PowerOfTwoChoices, RendezvousHash)',
      '9:30: error: farms.shop.healthCheck.interval: "3x" is not a duration, write it like 250ms, 30s, 20m, 1h or 00:00:30',
      '9:43: error: farms.shop.healthCheck.retries: expected a whole number from 0 to 20, got 21',
      '9:64: error: farms.shop.healthCheck.statusCodeMatch: "399-200" is not a list of status codes, write codes and ranges, such as 200-399, 404 or 500-',
      '10:26: error: farms.shop.protocol.timeout: "2d" is out of range, expected 10ms to 1d',
      '10:49: error: farms.shop.protocol.minResponseBuffer: "9TB" is not a size, write it like 64KB, 4MB or 1GB',
      '11:28: error: farms.shop.affinity.useCookie: expected true or false, got "yes"',
      '12:9: error: limits: expected a map of settings, got 5',
      '13:10: error: workers: expected auto, or a whole number up to 256, got "many"',
    ]);
  });

  it.each([
    ['a duration under 10 ms', 'dnsRefresh: 5ms', '"5ms" is out of range, expected 10ms to 24d'],
    [
      'an Upgrade that is HTTP',
      'farms: { a: { servers: [h], protocol: { upgrade: { allow: [websocket, H2C] } } } }',
      'farms.a.protocol.upgrade.allow[1]: "H2C" is never passed on',
    ],
    ['a required key', 'listeners: { web: { protocol: http } }', 'listeners.web.address: is required'],
    [
      'an unknown key of a short form',
      'rules: [ { name: r, conditions: [ { input: x, patern: y } ] } ]',
      'did you mean "pattern"?',
    ],
    [
      'one number where a list belongs',
      'farms: { a: { servers: [h], retry: { on: 503 } } }',
      'farms.a.retry.on: expected a list, got 503, write it as a list: [503]',
    ],
    ['one text where a list belongs', 'farms: { a: { servers: "h:80" } }', 'write it as a list: ["h:80"]'],
    [
      'a status that is not retried',
      'farms: { a: { servers: [h], retry: { on: [500] } } }',
      '"500" is not known here, expected connect, lost,',
    ],
    ['a list where a map belongs', 'farms: [ a ]', 'farms: expected a map of names, got a list'],
    [
      'a number where text belongs',
      'rules: [ { name: r, match: { url: 404 } } ]',
      'expected text, got 404, quote it: "404"',
    ],
    [
      'a redirect status of a custom response',
      'rules: [ { name: r, action: { statusCode: 302 } } ]',
      'use action type Redirect',
    ],
    [
      'a path of a cookie that is none',
      'farms: { a: { servers: [h], affinity: { cookiePath: "/;Domain=com" } } }',
      'cannot be the path of a cookie',
    ],
    ['an unknown compatibility', 'compatibility: [ retrys ]', 'did you mean "retries"?'],
    ['a bad range of addresses', 'trustedProxies: [ 10.0.0.0/40 ]', '"10.0.0.0/40" is not a range of addresses'],
    ['a bad binding', 'sites: { s: { bindings: [ "www.example.com" ] } }', 'write IP:PORT:HOST'],
    ['a bad listener', 'listeners: { web: { address: localhost } }', '"localhost" is not host:port'],
    [
      'two listeners at one address',
      'listeners: { a: { address: ":80" }, b: { address: "0.0.0.0:80" } }',
      'listener "a" has this address too',
    ],
    ['a bad name of a farm', 'farms: { "a b": { servers: [h] } }', '"a b" cannot be the name of a farm'],
    [
      'farms that differ in case',
      'farms: { a: { servers: [h] }, A: { servers: [h] } }\nrules: [{name: r}]',
      'differ only in letter case',
    ],
    [
      'a server that stands twice',
      'farms: { a: { servers: [ h, { address: h } ] } }',
      'the server h stands twice in farm "a"',
    ],
    ['a rule name that stands twice', 'rules: [ { name: r }, { name: R } ]', 'a rule called "R" stands above already'],
    [
      'an outbound rule name that stands twice in a location',
      `sites: { s: { locations: [ { path: /a, outboundRules: { rules: [ ${OUTBOUND_RULE}, ${OUTBOUND_RULE} ] } } ] } }`,
      'a rule called "r" stands above already',
    ],
    [
      'an outbound rule with the name of an inherited one',
      `{ outboundRules: { rules: [ ${OUTBOUND_RULE} ] }, sites: { s: { outboundRules: { rules: [ ${OUTBOUND_RULE} ] } } } }`,
      'an outbound rule called "r" is inherited',
    ],
    [
      'an unknown tag in a filter written as text',
      'outboundRules: { rules: [ { name: r, match: { filterByTags: "A, Fom", pattern: x } } ] }',
      'did you mean "Form"?',
    ],
    [
      'a name that is no cookie',
      'farms: { a: { servers: [h], affinity: { cookieName: "a;b" } } }',
      'cannot be the name of a cookie',
    ],
    [
      'a secret that can be guessed',
      'farms: { a: { servers: [h], affinity: { secret: short } } }',
      'expected at least 16 characters',
    ],
    [
      'affinity without its name',
      'farms: { a: { servers: [h], affinity: { by: header } } }',
      'by: header needs a name',
    ],
    [
      'a host name that stands twice',
      'farms: { a: { servers: [h], affinity: { hosts: [ { name: a.example }, { name: b.example, equivalentHosts: [ A.example. ] } ] } } }',
      '"A.example." belongs to "a.example" already',
    ],
    [
      'a tcp listener without farm',
      'listeners: { f: { address: ":9", protocol: tcp } }',
      'a tcp listener needs a farm',
    ],
    [
      'a certificate without key',
      'listeners: { s: { address: ":9", tls: { certificates: [ { cert: a } ] } } }',
      'either cert and key, or pfx',
    ],
    ['an address that is none', 'farms: { a: { servers: ["300.1.1.1:80"] } }', '"300.1.1.1" is not an IPv4 address'],
    ['a port that is none', 'farms: { a: { servers: ["127.0.0.1:abc"] } }', '"abc" is not a port: expected 1 to 65535'],
    ['no port behind the colon', 'farms: { a: { servers: ["shop:"] } }', 'nothing behind the colon is not a port'],
    ['a port of a listener that is none', 'listeners: { a: { address: "[::1]:abc" } }', '"abc" is not a port'],
    [
      'an IPv6 address without brackets',
      'farms: { a: { servers: ["::1:80"] } }',
      'an IPv6 address needs brackets: "[::1:80]", write it like [fd00::1]:8080',
    ],
    ['an IPv6 address that is none', 'listeners: { a: { address: "[1:2]:80" } }', '"1:2" is not a host'],
    [
      'a binding to an address that is none',
      'sites: { a: { bindings: ["300.1.1.1:80:"] } }',
      '"300.1.1.1" is not an IP',
    ],
    ['a range of an address that is none', 'trustedProxies: [ 010.0.0.1 ]', '"010.0.0.1" is not a range'],
    ['an address of a listener that is none', 'listeners: { a: { address: "1.2.3:80" } }', '"1.2.3" is not an IPv4'],
    [
      'a host with letters beyond ASCII',
      'farms: { a: { servers: [ { address: h, hostName: łódź.example } ] } }',
      '"łódź.example" is not the name of a host',
    ],
    [
      'a host that would be two lines',
      'farms: { a: { servers: [h], protocol: { alternateHostName: "a\\r\\nX: 1" } } }',
      'is not the name of a host',
    ],
    [
      'a header that no message may have',
      'farms: { a: { servers: [h], protocol: { logGuidName: "a b" } } }',
      '"a b" is not the name of a header',
    ],
    [
      'a key of hsts that is misspelt',
      'listeners: { s: { address: ":9", tls: { certificates: [ { cert: a, key: b } ], hsts: { maxAge: 30d, preloaded: true } } } }',
      'unknown key, did you mean "preload"?',
    ],
    [
      'a listener whose name is misspelt where plain requests come from',
      'listeners: { web: { address: ":9" }, s: { address: ":8", tls: { certificates: [ { cert: a, key: b } ], redirectFrom: wbe } } }',
      'there is no listener "wbe", did you mean "web"?',
    ],
    [
      'a webhook that is reached otherwise than by HTTP',
      'webhooks: [ { url: "ftp://a" } ]',
      'webhooks[0].url: is no URL of http or https',
    ],
    ['a name that would change objects', '__proto__: { a: 1 }', '"__proto__" cannot be used as a name'],
  ])('%s', (_what, text, message) => {
    expect(problemsOf(text).filter((line) => line.includes('error:'))).toEqual([expect.stringContaining(message)]);
  });

  it('a rule that sends requests to a farm that is not there', () => {
    const rule = (url: string) =>
      `farms: { shop: { servers: [h] } }\nrules: [ { name: r, action: { type: Rewrite, url: "${url}" } } ]`;
    expect(problemsOf(rule('http://shp/{R:0}'))).toEqual(['2:51: error: there is no farm "shp", did you mean "shop"?']);
    expect(problemsOf(rule('http://origin.example/{R:0}'))).toEqual([expect.stringContaining('proxy.enabled: true')]);
    expect(
      problemsOf(`${rule('http://origin.example/')}\nproxy: { enabled: true }`).filter((line) =>
        line.includes('error'),
      ),
    ).toEqual([]);
    for (const fine of ['http://SHOP/', 'http://{HTTP_HOST}/', '/local', 'http://127.0.0.1:8080/'])
      expect(problemsOf(rule(fine))).toEqual([]);
  });

  it('a rule that misspells a farm while the proxy allows any host', () => {
    const to = (host: string) =>
      problemsOf(
        `farms: { shop: { servers: [h] } }\nrules: [ { name: r, action: { type: Rewrite, url: "http://${host}/" } } ]\nproxy: { enabled: true }`,
      ).filter((line) => line.includes('no farm'));
    expect(
      problemsOf(
        'rules: [ { name: r, action: { type: Rewrite, url: "http://300.1.1.1/" } } ]\nproxy: { enabled: true }',
      ),
    ).toContainEqual(expect.stringContaining('warning: "300.1.1.1" is not an IPv4 address: no request gets there'));
    expect(to('shpo')).toEqual([expect.stringMatching(/^2:51: warning: .*, did you mean "shop"\?$/)]);
    for (const fine of ['SHOP', 'shop.example', 'elsewhere', 'localhost', '127.0.0.1:80']) expect(to(fine)).toEqual([]);
  });

  it.each([
    ['RoundRobin', '"WeightedRoundRobin"?'],
    ['round-robin', '"WeightedRoundRobin"?'],
    ['static-rr', '"WeightedRoundRobin"?'],
    ['weighted round robin', '"WeightedRoundRobin"?'],
    ['least_conn', '"LeastConnections"?'],
    ['leastconn', '"LeastConnections"?'],
    ['least-connections-member', '"LeastConnections"?'],
    ['wlc', '"LeastConnections"?'],
    ['fastest-node', '"Fastest"?'],
    ['LEAST_REQUEST', '"LeastRequests"?'],
    ['least_time', '"LeastResponseTime"?'],
    ['random two least_conn', '"PowerOfTwoChoices"?'],
    ['random(2)', '"PowerOfTwoChoices"?'],
    ['ip_hash', '"RendezvousHash", with hashServerVariable: REMOTE_ADDR?'],
    ['source', '"RendezvousHash", with hashServerVariable: REMOTE_ADDR?'],
    ['RING_HASH', '"RendezvousHash", with hashServerVariable naming what is hashed?'],
    ['url_param', '"RequestHash", with hashServerVariable: QUERY_STRING and queryStringNames?'],
    ['uri', '"RequestHash"?'],
  ])('a method as others call it: %s', (algorithm, meant) => {
    expect(problemsOf(`farms: { a: { servers: [h], loadBalancing: { algorithm: "${algorithm}" } } }`)).toEqual([
      expect.stringContaining(`did you mean ${meant} (expected WeightedRoundRobin, `),
    ]);
  });

  it('an admin API that others can reach without a token', () => {
    expect(problemsOf('admin: { address: "0.0.0.0:9400" }')).toEqual([expect.stringContaining('there is no token')]);
    expect(problemsOf('admin: { address: "0.0.0.0:9400", token: t }')).toEqual([]);
  });

  it('a faulty farm hides no fault in another section', () => {
    const found = problemsOf(
      'farms: { a: { servers: 5 } }\nrules: [ { name: r }, { name: r } ]\nlisteners: { w: { address: x } }',
    );
    expect(found.filter((line) => line.includes('error')).length).toBe(3);
  });
});

describe('text that is no configuration', () => {
  it.each([
    ['', 'the file is empty'],
    ['# only a comment\n', 'the file is empty'],
    ['- a\n- b\n', 'expected a map of settings, found a list'],
    ['just text', 'expected a map of settings, found plain text'],
    ['a: 1\na: 2\n', 'this key stands above already'],
    ['<?xml version="1.0"?><configuration/>', 'files of IIS are not read here'],
    [' \n<configuration>', 'files of IIS are not read here'],
  ])('%j', (text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(message)]);
  });

  it('a file of IIS is known by its name; who brings no reader for it reads none', () => {
    expect(() => parseConfig('farms: {}', '/etc/web.config')).toThrow(
      '/etc/web.config:1:1: files of IIS are not read here',
    );
  });

  it('a file that is not there', async () => {
    await expect(loadConfig('/nowhere/narrows.yaml')).rejects.toMatchObject({
      errors: [{ file: '/nowhere/narrows.yaml', message: 'the configuration cannot be read: there is no such file' }],
    });
  });
});
