import { describe, expect, it } from 'vitest';
import { cutAt, rewritten, type WrittenOutbound } from '../../../../test/outbound/outbound-response.ts';

type Rule = WrittenOutbound['rules'][number];

const search = (pattern: string, value: string, more: Partial<Rule> = {}, match: Rule['match'] = {}): Rule => ({
  ...{ match: { pattern, ...match }, value },
  ...more,
});

async function textAfter(rules: Rule[], text: string, type = 'text/plain'): Promise<string> {
  const body = [Buffer.from(text, 'latin1')];
  return (await rewritten({ rules }, { fields: [`Content-Type: ${type}`], body })).body.toString('latin1');
}

describe('a rule for the whole body', () => {
  it('replaces what its pattern matches, at every match', async () => {
    expect(await textAfter([search('b(.)', '<{R:1}{R:0}>')], 'abc abd ab')).toBe('a<cbc> a<dbd> ab');
    expect(await textAfter([search('x*', '-')], 'axb')).toBe('-a--b-');
    expect(await textAfter([search('B', 'x')], 'ab')).toBe('ax');
    expect(await textAfter([search('B', 'x', {}, { ignoreCase: false })], 'ab')).toBe('ab');
    expect(await textAfter([search('^', '>'), search('$', '<')], 'a\nb')).toBe('>a\nb<');
  });

  it('stops after so many occurrences; 0 is all', async () => {
    expect(await textAfter([search('a', 'x', {}, { occurrences: 2 })], 'aaaa')).toBe('xxaa');
    expect(await textAfter([search('a', 'x', {}, { occurrences: 0 })], 'aaaa')).toBe('xxxx');
  });

  it('searches for a text under ExactMatch', async () => {
    const rule = search('a.(b)', '[{R:0}]', { patternSyntax: 'ExactMatch' });
    expect(await textAfter([rule], 'axb A.(B) a.(b)')).toBe('axb [A.(B)] [a.(b)]');
  });

  it('looks at its conditions for each match', async () => {
    const conditions = [{ input: '{R:1}', pattern: '^(1|3)$' }];
    const rule = search('n=(\\d)', '{C:1}!', { conditions }, { occurrences: 2 });
    expect(await textAfter([rule], 'n=1 n=2 n=3 n=1')).toBe('1! n=2 3! n=1');
  });

  it('works on what the rules before it made; stopProcessing ends that once it has matched', async () => {
    expect(await textAfter([search('a', 'b'), search('b', 'c')], 'ab')).toBe('cc');
    const stops = [search('a', 'b', { stopProcessing: true }), search('b', 'c')];
    expect([await textAfter(stops, 'ab'), await textAfter(stops, 'bb')]).toEqual(['bb', 'cc']);
  });

  it('works in its place among rules for attributes', async () => {
    const tags: Rule = { match: { filterByTags: ['A'], pattern: '^y' }, value: 'z' };
    const page = '<a href="x">x</a>';
    expect(await textAfter([search('x', 'y'), tags], page, 'text/html')).toBe('<a href="z">y</a>');
    expect(await textAfter([tags, search('x', 'y')], page, 'text/html')).toBe('<a href="y">y</a>');
  });

  it('counts characters, not bytes, and leaves bytes alone that are none', async () => {
    const dots = search('<(..)>', '[{R:1}é]');
    expect(await textAfter([dots], '<\xc3\xa4\xf0\x9f\x98\x80>', 'text/plain; charset=utf-8')).toBe(
      '<\xc3\xa4\xf0\x9f\x98\x80>',
    );
    expect(await textAfter([dots], '<\xc3\xa4\xc3\xb6>', 'text/plain; charset=utf-8')).toBe(
      '[\xc3\xa4\xc3\xb6\xc3\xa9]',
    );
    expect(await textAfter([dots], '<\xe4\xf6>\xff', 'text/plain; charset=iso-8859-1')).toBe('[\xe4\xf6\xe9]\xff');
    expect(await textAfter([search('b', 'c')], '\xc3b\xff', 'text/plain; charset=utf-8')).toBe('\xc3c\xff');
    const half = search('.', '-', {}, { occurrences: 1 });
    expect(await textAfter([half], '\xf0\x9f\x98\x80', 'text/plain; charset=utf-8')).toBe('\xf0\x9f\x98\x80');
    const meta = '<meta charset="windows-1251">\xcf';
    expect(await textAfter([search('П', 'Ж漢')], meta, 'text/html')).toBe('<meta charset="windows-1251">\xc6&#28450;');
    expect(await textAfter([search('П', '漢')], '\xcf', 'text/plain; charset=windows-1251')).toBe('?');
  });

  it('is not for streams of events, which never end', async () => {
    const stream = { fields: ['Content-Type: text/event-stream'], body: 'data: a\n\n' };
    expect((await rewritten({ rules: [search('a', 'b')] }, stream)).rewritten).toBe(false);
  });
});

describe('a body longer than what is looked at together', () => {
  const MIB = 1024 * 1024;
  const filler = (length: number) => 'lorem ipsum '.repeat(Math.ceil(length / 12)).slice(0, length);
  const plain = (rules: Rule[], body: readonly Buffer[]) =>
    rewritten({ rules }, { fields: ['Content-Type: text/plain; charset=utf-8'], body });

  it('has its matches replaced wherever they lie, however it is cut', async () => {
    const rules = [search('needle-(\\d+)', '<{R:1}>'), search('é+', 'e')];
    const parts: string[] = [];
    const expected: string[] = [];
    for (let n = 0; n < 300; n++) {
      const between = filler(20_011 + 13 * n);
      parts.push(between, `needle-${n}`, 'é'.repeat(n % 5));
      expected.push(between, `<${n}>`, n % 5 === 0 ? '' : 'e');
    }
    const body = Buffer.from(parts.join(''));
    expect(body.length).toBeGreaterThan(6 * MIB);
    for (const size of [body.length, 65_536, 99_991]) {
      const cuts = Array.from({ length: Math.floor(body.length / size) }, (_, n) => n * size);
      const result = await plain(rules, cutAt(body, cuts));
      expect(result.body.equals(Buffer.from(expected.join('')))).toBe(true);
    }
  });

  it('has one start and one end, and text in front of each match', async () => {
    const body = [Buffer.from(`${filler(5 * MIB)}needle`)];
    const first = await plain([search('^lorem', 'LOREM')], body);
    expect(first.body.toString('latin1').match(/LOREM/g)).toHaveLength(1);
    const last = await plain([search('needle$', 'END')], body);
    expect(last.body.subarray(-5).toString()).toBe('ipEND');
    const behind = await plain([search('(?<=lorem )ipsum', 'IPSUM')], body);
    expect(behind.body.toString().match(/lorem ipsum/g)).toBeNull();
  });

  it('is not cut by characters that a window splits', async () => {
    const body = Buffer.from(`x${'漢'.repeat(MIB)}needle${'字'.repeat(MIB)}needle`);
    const { body: result } = await plain([search('needle', '.')], [body]);
    expect(result.toString()).toBe(body.toString().replaceAll('needle', '.'));
  });

  it('gets nothing twice where a pattern matches nothing, and loses nothing where a character is cut', async () => {
    for (const [letter, pad] of [
      ['漢', 'x'],
      ['漢', 'xx'],
      ['\u{1f600}', 'x'],
    ] as const) {
      const text = pad + letter.repeat(MIB);
      const inserted = await plain([search('(?=\u{1f600}|漢)', '.')], [Buffer.from(text)]);
      expect(inserted.body.equals(Buffer.from(pad + `.${letter}`.repeat(MIB)))).toBe(true);
      const once = await plain([search('x', 'y', {}, { occurrences: 1 })], [Buffer.from(text)]);
      expect(once.body.equals(Buffer.from(text.replace('x', 'y')))).toBe(true);
    }
  });

  it('goes on as it is once all occurrences are replaced', async () => {
    const body = Buffer.from(`needle ${filler(5 * MIB)} needle`);
    const { body: result } = await plain([search('needle', 'x', {}, { occurrences: 1 })], [body]);
    expect(result.equals(Buffer.from(body.toString().replace('needle', 'x')))).toBe(true);
  });
});
