import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemLines } from '../../../test/kit/problem-lines.ts';
import { parseConfig } from './load-config.ts';

describe('values that YAML reads as something else', () => {
  it.each([
    ['rules:\n  - name: r\n    action: { type: Redirect, url: {R:1} }', '3:31', 'quote it: "{R:1}"'],
    ['rules:\n  - name: r\n    action:\n      url: {HTTP_HOST}', '4:7', 'quote it: "{HTTP_HOST}"'],
    ['rules:\n  - name: r\n    match:\n      url: *', '4:12', 'needs quotes: "*"'],
    ['rules:\n  - name: r\n    match: { url: * }', '3:19', 'needs quotes: "*"'],
    ['rules:\n  - name: r\n    match:\n      url: *.example.com', '4:12', 'quote it: "*.example.com"'],
    ['rules:\n  - name: r\n    action:\n      url: {R:1}/x', '4:17', 'needs quotes: "{R:1}/x"'],
    ['rules:\n  - name: r\n    action: { url: {R:1}/x }', '3:25', 'needs quotes: "{R:1}/x"'],
    ['rules:\n  - name: r\n    match:\n      url: [a-z]+(.*)', '4:17', 'needs quotes: "[a-z]+(.*)"'],
    ['rules:\n  - name: r\n    match:\n      url: `x`', '4:12', 'needs quotes'],
    [
      'rules:\n  - name: r\n    action: { type: Rewrite, url: http://shop/{R:1} }',
      '3:47',
      'needs quotes: "http://shop/{R:1}"',
    ],
    ['rules:\n  - name: r\n    match: { url: "^v\\d" }', '3:22', "in single quotes: '…'"],
  ])('%j is told to be quoted', (text, place, advice) => {
    const found = problemLines(text);
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${place}: error: `)));
    expect(found.join('\n')).toContain(advice);
  });
});

it('one quote that is missing is not told of at every line below it', () => {
  const rule = (url: string) => `  - name: r\n    action: { type: Rewrite, url: ${url} }\n`;
  const found = problemLines(`rules:\n${rule('http://shop/{R:1}')}${rule('"http://shop/"').repeat(10)}`);
  expect(found).toHaveLength(3);
  expect(found.every((line) => line.startsWith('3:'))).toBe(true);
});

describe('a fault at a map in braces that is meant as a map', () => {
  it('comes without advice to quote it', () => {
    const found = problemLines('rules:\n  - { name: r, match: { url: a, ignoreCase: { negate: true } } }').join('\n');
    expect(found).toContain('ignoreCase');
    expect(found).not.toContain('quote it');
  });
});

describe('aliases', () => {
  it('stand for what they name, also as the base of a map', () => {
    const { config } = parseConfig(
      `
farms:
  a: &base { servers: [h], protocol: &slow { timeout: 5s, retries: 3 } }
  b: { <<: *base, protocol: { <<: *slow, timeout: 9s } }`,
      '/x.yaml',
    );
    expect(config.farms.map(({ servers, protocol }) => [servers.length, protocol.timeout, protocol.retries])).toEqual([
      [1, 5000, 3],
      [1, 9000, 3],
    ]);
  });

  it('that unfold to billions of values are refused', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const item = level === 0 ? 'x' : `*l${level - 1}`;
      return `  l${level}: &l${level} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
    });
    expect(problemLines(`bomb:\n${levels.join('\n')}`)).toEqual([expect.stringContaining('unfolds to too many')]);
  });

  it('that contain themselves are refused', () => {
    expect(problemLines('farms: &a { x: *a }')).toEqual([expect.stringContaining('too deeply nested')]);
  });
});

describe('any text', () => {
  const words = [
    'farms',
    'rules',
    'a',
    '- ',
    ': ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '*x',
    '&x',
    '"',
    "'",
    '|',
    '>',
    '<<',
    '!!binary',
    '${X}',
    '#',
    '? ',
    '1e999',
    '~',
    '%',
    '---\n',
  ];
  const yamlLike = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(''));

  it('is a configuration or a list of faults, never another error', () => {
    fc.assert(
      fc.property(fc.oneof(yamlLike, fc.string({ unit: 'binary' }), fc.json()), (text) => {
        for (const line of problemLines(text)) expect(line).toMatch(/^\d+:\d+: (error|warning): [^\n]+$/);
      }),
      { numRuns: 500 },
    );
  });

  it('nested without end is refused', () => {
    expect(problemLines('['.repeat(100_000))).toEqual(['1:1: error: the file is nested too deeply']);
    expect(problemLines(`farms: ${'{a: '.repeat(5000)}${'}'.repeat(5000)}`)).toEqual([
      expect.stringContaining('nested'),
    ]);
  });
});
