import { describe, expect, it } from 'vitest';
import type { LocatedProblem } from '../../model/config-error.ts';
import { readXml } from './read-xml.ts';

function read(text: string) {
  const problems: LocatedProblem[] = [];
  const root = readXml(text, 'web.config', problems);
  const lines = problems.map(({ line, column, message, suggestion }) => `${line}:${column} ${message} (${suggestion})`);
  return { root, problem: lines.join('\n') };
}

describe('an XML file', () => {
  it('gives elements and attributes with their places', () => {
    const { root } = read('\uFEFF<?xml version="1.0"?>\n<a>\n  <b x="1"\n     yy = \'2\'/>text\n</a>\n');
    const b = root!.children[0]!;
    expect(root!.place).toEqual({ file: 'web.config', line: 2, column: 1 });
    expect(b.place).toMatchObject({ line: 3, column: 3 });
    expect(b.attributes).toMatchObject([
      { name: 'x', value: '1', place: { line: 3, column: 6 }, valuePlace: { line: 3, column: 9 } },
      { name: 'yy', value: '2', place: { line: 4, column: 6 }, valuePlace: { line: 4, column: 12 } },
    ]);
  });

  it('may have comments, entities and characters beyond the basic plane', () => {
    const { root } = read(
      '<a><!-- <c/> & --><b t="&lt;&amp;&#65;&#x1F600;&quot;"/><![CDATA[<d/>]]>😀<e f="😀" g="h"/></a>',
    );
    expect(root!.children.map(({ name }) => name)).toEqual(['b', 'e']);
    expect(root!.children[0]!.attributes[0]!.value).toBe('<&A😀"');
    expect(root!.children[1]!.attributes.map(({ name, value }) => [name, value])).toEqual([
      ['f', '😀'],
      ['g', 'h'],
    ]);
  });

  it('keeps a value apart from text that looks like an attribute', () => {
    const { root } = read('<a b=\'c="d"\' e="f > g=h"/>');
    expect(root!.attributes.map(({ name, value }) => [name, value])).toEqual([
      ['b', 'c="d"'],
      ['e', 'f > g=h'],
    ]);
  });
});

describe('malformed XML', () => {
  it.each([
    ['<a>\n <b url="x?a=1&b=2"/></a>', '2:15 there is a raw & here (write &amp;)'],
    ['<a>\n <b url="x & y"/></a>', '2:12 there is a raw & here (write &amp;)'],
    ['<a b="&nbsp;"/>', '1:7 &nbsp; is no entity of XML (write &amp;nbsp;)'],
    [
      '<a>\n <b>\n  <c>\n </b>\n</a>',
      '4:2 </b> stands where <c> of line 3 has to end (write </c> before it, or close <c …/> in itself)',
    ],
    ['<a>\n <b>\n  <c/>\n </b>\n', '1:1 <a> of line 1 is not closed (add </a>)'],
    ['<a b="<c>"/>', '1:7 there is a raw < in an attribute value (write &lt;)'],
    ['<a b="1" b="2"/>', '1:10 the attribute b is written twice (keep one of them)'],
    ['hello: world', '1:1 this is not XML: no element begins here (undefined)'],
    ['<a/><b/>', '1:5 the XML is malformed: extra content at the end of the document (undefined)'],
    ['😀<a/>', '1:1 this is not XML: no element begins here (undefined)'],
  ])('%j is refused with its place', (text, problem) => {
    expect(read(text)).toEqual({ root: null, problem });
  });

  it('says where a fault stands behind characters beyond the basic plane', () => {
    expect(read('<a b="😀😀" c="&"/>').problem).toBe('1:16 there is a raw & here (write &amp;)');
  });

  it('may be nested too deep, even for the parser', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(read(nested(64)).root).not.toBeNull();
    expect(read(nested(65)).problem).toContain('nested more than 64 deep');
    expect(read(nested(200_000)).problem).toContain('nested more than 64 deep');
  });

  it('is not fetched from elsewhere', () => {
    const text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a b="&x;"/>';
    expect(read(text).problem).toBe('2:7 &x; is no entity of XML (write &amp;x;)');
  });
});
