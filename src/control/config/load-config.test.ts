import { describe, expect, it } from 'vitest';
import { problemLines } from '../../../test/kit/problem-lines.ts';
import type { ConfigProblem } from '../../model/config.ts';
import { ConfigError } from '../../model/config-error.ts';
import { configFromObject, type LoadOptions, loadConfig, parseConfig } from './load-config.ts';

const FILE = '/etc/narrows/narrows.yaml';
const example = new URL('../../../test/fixtures/contract-example.yaml', import.meta.url).pathname;

function load(text: string, options: LoadOptions = {}) {
  return parseConfig(text, FILE, { env: {}, ...options });
}

const QUICKSTART = `
listeners:
  web: { address: "127.0.0.1:8080" }
farms:
  shop:
    servers: [ "127.0.0.1:9001", { address: "[::1]", weight: 50 } ]
rules:
  - name: shop
    match: { url: "(.*)" }
    action: { type: rewrite, url: "http://SHOP/{R:1}" }
`;

describe('a good configuration', () => {
  it('has every default filled in, times in milliseconds and sizes in bytes', () => {
    const { config, problems } = load(QUICKSTART);
    expect(problems).toEqual([]);
    expect(config.listeners).toMatchObject([
      { name: 'web', address: { kind: 'tcp', host: '127.0.0.1', port: 8080 }, protocol: 'http', tls: null },
    ]);
    const [farm] = config.farms;
    expect(farm).toMatchObject({ name: 'shop', enabled: true, passServerHeader: 'Replace', serverAutoStart: true });
    expect(farm!.servers).toMatchObject([
      {
        address: '127.0.0.1:9001',
        target: { kind: 'tcp', host: '127.0.0.1' },
        httpPort: 9001,
        httpsPort: 9001,
        weight: 100,
      },
      { address: '[::1]', target: { kind: 'tcp', host: '::1' }, httpPort: 80, httpsPort: 443, weight: 50 },
    ]);
    expect(farm!.protocol).toMatchObject({
      timeout: 30_000,
      preserveHostHeader: true,
      reverseRewriteHostInResponseHeaders: false,
    });
    expect(config.proxy).toMatchObject({
      timeout: 120_000,
      preserveHostHeader: false,
      reverseRewriteHostInResponseHeaders: true,
    });
    expect(farm!.protocol).toMatchObject({
      minResponseBuffer: 0,
      bufferChunkedResponses: false,
      httpVersion: 'Http11',
      retries: 1,
    });
    expect(farm!.protocol).toMatchObject({
      arrResponseHeader: false,
      idleTimeout: 4000,
      maxConnections: 0,
      maxResponseHeaderSize: 65_536,
    });
    expect(config.limits).toMatchObject({
      headerBytes: 65_536,
      headTimeout: 10_000,
      connections: 10_000,
      requestBody: 0,
    });
    expect(config.rules.list[0]).toMatchObject({
      path: ['rules', 0],
      action: { type: 'Rewrite', redirectType: 'Permanent' },
    });
  });

  it('is plain data, which can cross to a worker', () => {
    const { config } = load(QUICKSTART);
    expect(structuredClone(config)).toEqual(config);
  });

  it('the example of the contract has no error', async () => {
    const { problems } = await loadConfig(example, { env: {} });
    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  });

  it('keeps no password that only an unused feature needs', () => {
    const { config } = load('farms: { a: { servers: [h], protocol: { clientCertPassword: hidden-word } } }');
    expect(JSON.stringify(config)).not.toContain('hidden-word');
  });

  it('takes rules as a map with a list, and says so in their paths', () => {
    const { config } = load(
      'farms: { a: { servers: [h] } }\nrules: { useOriginalURLEncoding: false, list: [ { name: r } ] }',
    );
    expect(config.rules).toMatchObject({
      useOriginalURLEncoding: false,
      list: [{ name: 'r', match: null, path: ['rules', 'list', 0] }],
    });
  });

  it('takes conditions as a list and as a map', () => {
    const { config } = load(`
rules:
  - { name: a, conditions: [ { input: "{HTTPS}", pattern: on } ] }
  - { name: b, conditions: { logicalGrouping: MatchAny, trackAllCaptures: true, add: [ { input: "{URL}" } ] } }`);
    expect(config.rules.list.map((rule) => rule.conditions)).toMatchObject([
      {
        logicalGrouping: 'MatchAll',
        trackAllCaptures: false,
        add: [{ input: '{HTTPS}', pattern: 'on', ignoreCase: true }],
      },
      { logicalGrouping: 'MatchAny', trackAllCaptures: true, add: [{ input: '{URL}', pattern: '' }] },
    ]);
  });

  it('a key without a value counts as not written', () => {
    expect(load('farms:\n  a:\n    servers: [h]\n    protocol:\nadmin:\nrules:\n').config.farms).toHaveLength(1);
  });

  it('words and truth values may stand in any letter case', () => {
    const { config } = load('farms: { a: { servers: [h], enabled: "FALSE", passServerHeader: passthrough } }');
    expect(config.farms[0]).toMatchObject({ enabled: false, passServerHeader: 'PassThrough' });
  });

  it('response buffers given as bare numbers are in KB, as in ARR', () => {
    const { config } = load(
      'farms: { a: { servers: [h], protocol: { minResponseBuffer: 2, responseBufferLimit: 1MB } } }',
    );
    expect(config.farms[0]!.protocol).toMatchObject({ minResponseBuffer: 2048, responseBufferLimit: 1_048_576 });
  });
});

describe('what is not written', () => {
  it('no listener and no site binding: 127.0.0.1:8080', () => {
    expect(load('farms: {}').config.listeners).toMatchObject([{ address: { host: '127.0.0.1', port: 8080 } }]);
  });

  it('a site binding makes a listener unless one covers it', () => {
    const { config } = load(`
listeners: { web: { address: "127.0.0.1:8080" } }
sites: { main: { bindings: [ "*:8080:www.example.com", "*:8081:", "10.0.0.1:8081:x", "[::1]:8082:" ] } }`);
    expect(config.listeners.map(({ name, address }) => [name, address])).toEqual([
      ['web', { kind: 'tcp', host: '127.0.0.1', port: 8080 }],
      ['main', { kind: 'tcp', host: '0.0.0.0', port: 8081 }],
      ['main-8082', { kind: 'tcp', host: '::1', port: 8082 }],
    ]);
  });

  it('the admin API is there under the command line and absent in the library', () => {
    expect(load('farms: {}').config.admin.enabled).toBe(false);
    const { admin } = load('farms: {}', { adminDefault: true }).config;
    expect(admin).toEqual({ enabled: true, address: { kind: 'tcp', host: '127.0.0.1', port: 9400 }, token: null });
  });

  it('state goes beside the file, or nowhere when the caller says so', () => {
    expect(load('farms: {}').config.stateDirectory).toBe('/etc/narrows/.narrows');
    expect(load('farms: {}', { stateDirectoryDefault: null }).config.stateDirectory).toBeNull();
    expect(load('stateDirectory: ../state').config.stateDirectory).toBe('/etc/state');
  });
});

describe('the defaults of ARR, taken back', () => {
  it('compatibility: algorithms balances by weight what ARR 3.0 accepts by name only, and nothing else', () => {
    const used = (algorithm: string, compatibility: string) =>
      load(`${compatibility}farms: { a: { servers: [h], loadBalancing: { algorithm: ${algorithm} } } }`).config
        .farms[0]!.loadBalancing.algorithm;
    for (const name of ['LeastRequests', 'LeastResponseTime', 'WeightedTotalTraffic']) {
      expect(used(name, 'compatibility: [ algorithms ]\n')).toBe('WeightedRoundRobin');
      expect(used(name, 'compatibility: arr\n')).toBe('WeightedRoundRobin');
      expect(used(name, '')).toBe(name);
    }
    expect(used('RequestHash', 'compatibility: arr\n')).toBe('RequestHash');
  });

  it('compatibility: arr changes every default that is a setting', () => {
    const { protocol } = load('compatibility: arr\nfarms: { a: { servers: [h] } }').config.farms[0]!;
    expect(protocol).toMatchObject({
      arrResponseHeader: true,
      minResponseBuffer: 262_144,
      bufferChunkedResponses: true,
      retries: 0,
    });
  });

  it('one of them leaves the others alone', () => {
    const { config } = load('compatibility: [Headers]\nfarms: { a: { servers: [h] } }');
    expect(config.farms[0]!.protocol).toMatchObject({ arrResponseHeader: true, minResponseBuffer: 0, retries: 1 });
    expect(config.proxy.arrResponseHeader).toBe(true);
    expect(config.compatibility).toEqual(['headers']);
  });

  it('what is written wins', () => {
    const { protocol } = load(
      'compatibility: arr\nfarms: { a: { servers: [h], protocol: { retries: 3, arrResponseHeader: false } } }',
    ).config.farms[0]!;
    expect(protocol).toMatchObject({ retries: 3, arrResponseHeader: false, bufferChunkedResponses: true });
  });
});

describe('a configuration as an object', () => {
  it('is read like YAML, without expansion', async () => {
    const { config, files } = await configFromObject({ farms: { a: { servers: ['h:1'] } }, rules: [{ name: '${X}' }] });
    expect(config.rules.list[0]!.name).toBe('${X}');
    expect([config.stateDirectory, files]).toEqual([null, []]);
  });

  it('has its faults at <config>', async () => {
    await expect(configFromObject({ farm: {} })).rejects.toThrow('<config>:0:0: farm: unknown key');
    await expect(configFromObject(null)).rejects.toThrow('expected a map of settings');
  });

  it('survives values that no text can hold', async () => {
    const circle: Record<string, unknown> = {};
    circle.farms = circle;
    for (const odd of [circle, { farms: () => 1 }, { limits: 5n }, { rules: [Symbol('x')] }])
      await expect(configFromObject(odd)).rejects.toThrow(ConfigError);
  });
});

describe('places', () => {
  it('of what other rooms complain about are found in the file', () => {
    const faultsOfRooms = (): ConfigProblem[] => [
      { path: ['rules', 0, 'match', 'url'], severity: 'error', message: 'bad pattern' },
      { path: ['rules', 0, 'action', 'statusCode'], severity: 'error', message: 'missing' },
    ];
    expect(problemLines(QUICKSTART, { faultsOfRooms })).toEqual(['9:19: error: bad pattern', '10:5: error: missing']);
  });

  it('of what other rooms complain about stand beside the faults of the file', () => {
    const faultsOfRooms = (): ConfigProblem[] => [
      { path: ['rules', 0, 'name'], severity: 'error', message: 'bad name' },
    ];
    const text = `farm: {}\n${QUICKSTART.trimStart()}`;
    const lines = ['1:1: error: farm: unknown key, did you mean "farms"?', '8:11: error: bad name'];
    expect(problemLines(text, { faultsOfRooms })).toEqual(lines);
    // A map that was left out for its faults is not missed by the rules that read it.
    expect(problemLines(`${text}rewriteMaps: 5\n`, { faultsOfRooms }).join()).not.toContain('bad name');
  });

  it('of conditions written as a list are found by the path of their long form', () => {
    const loaded = load('rules:\n  - name: r\n    conditions:\n      - { input: "{X}", pattern: "(" }\n');
    expect(loaded.locate(['rules', 0, 'conditions', 'add', 0, 'pattern'])).toEqual({ file: FILE, line: 4, column: 34 });
  });

  it('of a relative file are relative', () => {
    expect(() => parseConfig('x: 1', 'conf/narrows.yaml')).toThrow('conf/narrows.yaml:1:1: x: unknown key');
  });
});
