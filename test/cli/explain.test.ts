import { describe, expect, it } from 'vitest';
import { configFile, narrows } from '../kit/narrows-command.ts';

const CONFIG = `
listeners: { web: { address: "127.0.0.1:8080" }, other: { address: "127.0.0.1:8081" } }
trustedProxies: ["10.0.0.0/8"]
farms:
  shop: { servers: ["127.0.0.1:9001", { address: "127.0.0.1:9002", enabled: false }], affinity: { useCookie: true } }
rules:
  - name: secret
    match: { url: "^secret" }
    conditions: [ { input: "{REMOTE_ADDR}", pattern: "^192\\\\.0\\\\.2\\\\.", negate: true } ]
    action: { type: CustomResponse, statusCode: 403, subStatusCode: 6, statusReason: Nein, statusDescription: "not for {REMOTE_ADDR}" }
  - { name: drop, match: { url: "^drop" }, action: { type: AbortRequest } }
  - { name: old, match: { url: "^old/(.*)" }, action: { type: Redirect, url: "/{R:1}" } }
  - { name: inside, match: { url: "^inside" }, action: { type: Rewrite, url: "/elsewhere" } }
  - name: to the shop
    match: { url: "^shop/(.*)" }
    conditions: [ { input: "{HTTP_HOST}", pattern: "^(www)\\\\." } ]
    serverVariables: [ { name: HTTP_X_TENANT, value: "{C:1}-{SERVER_PORT}-{HTTPS}" }, { name: HTTP_X_OLD, value: "" } ]
    action: { type: Rewrite, url: "http://shop/{R:1}" }
  - { name: lost, match: { url: "^lost" }, action: { type: Rewrite, url: "http://{HTTP_HOST}.nowhere/" } }
`;

interface Explained {
  outcome: Record<string, unknown>;
  requestHeaders: Record<string, unknown>;
  steps: Record<string, unknown>[];
}

async function explained(...args: string[]): Promise<Explained> {
  const { code, stdout, stderr } = await narrows(['explain', '-c', configFile(CONFIG), '--json', '--url', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Explained;
}

describe('narrows explain', () => {
  it('says where no listener would take the request', async () => {
    const { stdout } = await narrows(['explain', '-c', configFile(CONFIG), '--url', 'http://a/inside']);
    expect(stdout).toContain('\nno listener has port 80: what follows is for one that had it\n');
  });

  it('tells people the story of a request', async () => {
    const { code, stdout } = await narrows([
      ...['explain', '-c', configFile(CONFIG), '--url', 'http://www.example.com:8080/shop/a?b=1'],
      ...['--header', 'X-Old: 1'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(`GET http://www.example.com:8080/shop/a?b=1 from 127.0.0.1
  X-Old: 1

global rules see "shop/a"
  no   secret       ^secret
  no   drop         ^drop
  no   old          ^old/(.*)
  no   inside       ^inside
  YES  to the shop  ^shop/(.*)
       captured     {R:0} "shop/a"  {R:1} "a"
       condition    {HTTP_HOST} is "www.example.com:8080" and matches ^(www)\\.
       captured     {C:0} "www."  {C:1} "www"
       sets         HTTP_X_TENANT = "www-8080-off"
       removes      HTTP_X_OLD
       URL was      /shop/a?b=1
                    rewritten to http://shop/a?b=1
global rules now see "a"
  no   lost         ^lost

farm shop: the rewritten URL begins with http://shop/
  in   127.0.0.1:9001  available
  out  127.0.0.1:9002  disabled
affinity new: the request has no affinity cookie
pick 127.0.0.1:9001 by WeightedRoundRobin: the only candidate

headers that rules changed
  x-tenant: www-8080-off
  x-old removed

=> sent to 127.0.0.1:9001 of farm shop
   as http://shop/a?b=1
`);
  });

  it('names the server that a request would go to, and what rules changed', async () => {
    const { outcome, requestHeaders, steps } = await explained('http://www.example.com:8081/shop/a?b=1');
    expect(outcome).toEqual({ kind: 'proxy', url: 'http://shop/a?b=1', farm: 'shop', server: '127.0.0.1:9001' });
    expect(requestHeaders).toEqual({ 'x-tenant': 'www-8081-off', 'x-old': null });
    expect(steps.map(({ stage }) => stage)).toEqual([
      ...Array.from({ length: 6 }, () => 'rule'),
      ...['farm', 'candidates', 'affinity', 'pick'],
    ]);
  });

  it('takes HTTPS from the scheme, the host from a header, and the client from --client', async () => {
    const args = ['https://10.0.0.1/shop/x', '--header', 'Host: www.example.com'];
    expect((await explained(...args)).requestHeaders['x-tenant']).toBe('www-443-on');
    expect((await explained('http://a/secret', '--client', '192.0.2.9')).outcome).toEqual({ kind: 'none' });
  });

  it('believes X-Forwarded-For only of a trusted proxy', async () => {
    const forwarded = ['--header', 'X-Forwarded-For: 192.0.2.9'];
    const trusted = await explained('http://a/secret', '--client', '10.1.2.3', ...forwarded);
    const untrusted = await explained('http://a/secret', '--client', '11.1.2.3', ...forwarded);
    expect([trusted.outcome.kind, untrusted.outcome.description]).toEqual(['none', 'not for 11.1.2.3']);
  });

  it.each([
    [
      'http://a/secret',
      { kind: 'customResponse', status: 403, subStatus: 6, reason: 'Nein', description: 'not for 127.0.0.1' },
    ],
    ['http://a/drop', { kind: 'abort' }],
    ['http://a/old/x?y=1', { kind: 'redirect', status: 301, location: 'http://a/x?y=1' }],
    ['http://a/inside?q', { kind: 'rewrite', url: '/elsewhere?q' }],
    ['http://a/nothing', { kind: 'none' }],
  ])('gives the outcome of %s', async (url, outcome) => {
    expect((await explained(url)).outcome).toEqual(outcome);
  });

  it.each([
    [['http://a/lost'], { kind: 'error', status: 404, code: 'noRoute' }],
    [['http://a/%zz'], { kind: 'error', status: 400, code: 'badRequest' }],
    [['http://a/%252e'], { kind: 'error', status: 404, subStatus: 11, code: 'doubleEscaped' }],
    [['http://www.a/shop/', '--header', 'Max-Forwards: 0'], { kind: 'error', status: 502, subStatus: 6, code: 'loop' }],
    [['http://a/', '--header', 'Content-Length: 1', '--header', 'Content-Length: 2'], { kind: 'error', status: 400 }],
  ])('says how %j would be refused, and still ends with 0', async (args, outcome) => {
    expect((await explained(...args)).outcome).toMatchObject(outcome);
  });

  it('prints the faults of a configuration that cannot be used, and ends with 1', async () => {
    const file = configFile('farms: { shop: { servers: [x:y:z] } }');
    const { code, stdout, stderr } = await narrows(['explain', '-c', file, '--url', 'http://a/']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`${file}:1:28: error: `);
  });

  it('says in one line that there is no router to ask', async () => {
    const { code, stderr } = await narrows(['explain', '--admin', 'http://127.0.0.1:1', '--url', 'http://a/']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^narrows: no router answers at http:\/\/127\.0\.0\.1:1 .*\n$/);
  });
});
