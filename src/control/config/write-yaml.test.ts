import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MapNode, plainValue } from '../../model/config-node.ts';
import { expandValues } from './expand-values.ts';
import { parseConfig } from './load-config.ts';
import { readFiles } from './read-files.ts';
import { rootSchema } from './root-schema.ts';
import { writeYaml } from './write-yaml.ts';

const NOTES = { title: ['A title'], rows: [], schema: 'narrows.schema.json' };

/** The tree of `text`, every scalar of it at its place. */
function treeOf(text: string): MapNode {
  const { root, problems } = readFiles(text, '/t/in.yaml');
  expect(problems).toEqual([]);
  return root!;
}

/** What a router would make of the tree, and of the YAML that was written of it. */
function bothWays(root: MapNode): [unknown, unknown, string] {
  const text = writeYaml(root, NOTES);
  const again = treeOf(text);
  expandValues(again, { env: {}, fileRead: () => {}, problems: [] });
  return [rootSchema.parse(plainValue(root)), rootSchema.parse(plainValue(again)), text];
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(
    '{R:1}',
    '*',
    '^a\\.b$',
    '${HOME}',
    '$${x}',
    'true',
    '12',
    "it's",
    'a: b # c',
    '"',
    'null',
    '~',
    '- x',
  ),
);
const name = words.map((text) => text.trim()).filter((text) => text !== '' && text !== '__proto__');
const flag = fc.oneof(fc.boolean(), fc.constantFrom('True', 'FALSE'));
const condition = fc.record(
  { input: words, pattern: words, ignoreCase: flag, negate: flag, matchType: fc.constantFrom('pattern', 'IsFile') },
  { requiredKeys: ['input'] },
);
const rule = fc.record(
  {
    name,
    enabled: flag,
    stopProcessing: flag,
    match: fc.record({ url: words, ignoreCase: flag, negate: flag }, { requiredKeys: ['url'] }),
    conditions: fc.oneof(
      fc.array(condition),
      fc.record(
        { logicalGrouping: fc.constantFrom('MatchAny', 'matchall'), add: fc.array(condition) },
        { requiredKeys: [] },
      ),
    ),
    serverVariables: fc.array(fc.record({ name, value: fc.string(), replace: flag }, { requiredKeys: ['name'] })),
    action: fc.record(
      {
        type: fc.constantFrom('Rewrite', 'None', 'redirect'),
        url: name,
        appendQueryString: flag,
        statusCode: fc.constantFrom('0', 403),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name'] },
);
const configuration = fc.record(
  {
    rules: fc.oneof(fc.array(rule), fc.record({ useOriginalURLEncoding: flag, list: fc.array(rule) })),
    rewriteMaps: fc.dictionary(
      name.filter((key) => key !== '<<'),
      fc.record(
        {
          defaultValue: fc.string(),
          entries: fc.dictionary(
            name.filter((key) => key !== '<<'),
            fc.string(),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    farms: fc.dictionary(
      fc.constantFrom('shop', '404', 'a b'),
      fc.record({
        servers: fc.array(fc.constantFrom('127.0.0.1:80')),
        protocol: fc.record({ minResponseBuffer: fc.constant('0') }),
      }),
    ),
  },
  { requiredKeys: [] },
);

function node(value: unknown): MapNode {
  const place = { file: '/t/in.xml', line: 1, column: 1 };
  const convert = (each: unknown): MapNode['entries'] extends Map<string, { node: infer N }> ? N : never => {
    if (Array.isArray(each)) return { kind: 'list', place, items: each.map(convert) };
    if (typeof each !== 'object' || each === null) return { kind: 'scalar', place, value: each as string };
    const entries = Object.entries(each).map(
      ([key, child]) => [key, { keyPlace: place, node: convert(child) }] as const,
    );
    return { kind: 'map', place, entries: new Map(entries), braces: null };
  };
  return convert(value) as MapNode;
}

describe('a configuration written as YAML', () => {
  it('means the same when it is read', () => {
    fc.assert(
      fc.property(configuration, (value) => {
        const [before, after] = bothWays(node(value));
        expect(after).toEqual(before);
      }),
    );
  });

  it('has the keys in the order of the documentation, leaves defaults out, and is short where it can be', () => {
    const tree = treeOf(`
rules:
  list:
    - action: { url: "http://shop/{R:1}", type: rewrite, appendQueryString: true }
      enabled: True
      conditions: { logicalGrouping: matchall, add: [ { pattern: "^on$", input: "{HTTPS}", matchType: Pattern } ] }
      name: one
      match: { ignoreCase: "TRUE", url: '(.*)\\.php' }
farms: { shop: { servers: [ "127.0.0.1:81", { address: "127.0.0.1:82", weight: "50" } ] } }
`);
    expect(writeYaml(tree, NOTES).replace('/t/', '')).toBe(`# yaml-language-server: $schema=narrows.schema.json
# A title

farms:
  # from in.yaml:9
  shop:
    servers:
      - "127.0.0.1:81"
      - { address: "127.0.0.1:82", weight: 50 }

rules:
  # from /t/in.yaml:4
  - name: one
    match: { url: '(.*)\\.php' }
    conditions:
      - { input: "{HTTPS}", pattern: "^on$" }
    action: { type: Rewrite, url: "http://shop/{R:1}" }
`);
  });

  it('keeps what says something under compatibility, although it is the default without', () => {
    const tree = treeOf(
      'compatibility: arr\nfarms: { shop: { servers: [ a ], protocol: { retries: 1, minResponseBuffer: 0 } } }',
    );
    const [before, after, text] = bothWays(tree);
    expect(after).toEqual(before);
    expect(text).toContain('minResponseBuffer: 0');
    expect(parseConfig(text, '/t/out.yaml').config.farms[0]!.protocol.retries).toBe(1);
  });

  it('says at each part what it lost, and at the top what has no part', () => {
    const tree = treeOf('rules:\n  - name: one\n    action: { type: None }\n  - name: two\n');
    const row = { file: '/t/in.yaml', path: 'p', verdict: 'unsupported', note: 'do\nthat' } as const;
    const text = writeYaml(tree, {
      ...NOTES,
      rows: [
        { ...row, line: 3 },
        { ...row, line: 9, verdict: 'approximated', note: '' },
        { ...row, line: 4, verdict: 'exact' },
      ],
    });
    expect(text).toContain('  # from /t/in.yaml:2\n  # unsupported: p: do that\n  - name: one\n');
    expect(text).toContain('# /t/in.yaml:9: approximated: p\n');
    expect(text).not.toContain('exact');
  });
});
