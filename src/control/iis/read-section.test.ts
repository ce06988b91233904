import { describe, expect, it } from 'vitest';
import { readSample, siteOf, webConfig } from '../../../test/kit/iis-sample.ts';

const rules = (inner: string) => `<rewrite><rules>${inner}</rules></rewrite>`;
const rule = (inner: string, attributes = 'name="a"') => rules(`<rule ${attributes}>${inner}</rule>`);
const said = (sections: string) => readSample(webConfig(sections)).said;

describe('a section of IIS', () => {
  it('takes booleans and words in any letter case, and children in any order', () => {
    const section = rule(
      '<action type="rewrite" url="/b" appendQueryString="FALSE"/><match url="a" negate="True"/><conditions logicalgrouping="MatchAny"/>'.replace(
        'logicalgrouping',
        'logicalGrouping',
      ),
      'name="a" patternSyntax="wildcard" stopProcessing="True"',
    );
    expect(siteOf(section)).toEqual({
      rules: [
        {
          name: 'a',
          patternSyntax: 'Wildcard',
          stopProcessing: true,
          action: { type: 'Rewrite', url: '/b', appendQueryString: false },
          match: { url: 'a', negate: true },
          conditions: { logicalGrouping: 'MatchAny' },
        },
      ],
    });
  });

  it('may have text between its elements, which means nothing', () => {
    expect(siteOf(rule('<match url="a"/>/<action type="None"/> hello'))).toMatchObject({ rules: [{ name: 'a' }] });
  });

  it.each([
    [
      rule('<match ulr="a"/>'),
      'ulr',
      '<match> has no attribute ulr (did you mean "url"? (expected url, ignoreCase, negate))',
    ],
    [
      rule('<conditions><add input="{URL}" type="Pattern" pattern="a"/></conditions>'),
      'type',
      '<add> has no attribute type (write matchType="…": a condition has no attribute type)',
    ],
    [
      rule('<conditions><add input="{URL}" patternSyntax="Wildcard" pattern="a"/></conditions>'),
      'patternSyntax',
      '<add> has no attribute patternSyntax (write it on the rule: it holds for all its patterns)',
    ],
    [
      rule('<acton type="None"/>'),
      '<acton',
      '<rule> has no element <acton> (did you mean "action"? (expected match, conditions, serverVariables, action))',
    ],
    [rule('', ''), '<rule ', '<rule> lacks its attribute name'],
    [rule('', 'name=" a"'), ' a"', 'name: must not begin or end with blanks (write "a")'],
    [rule('<match url=""/>'), '"/>', 'url: must not be empty'],
    [rule('<match url="a" negate="yes"/>'), 'yes', 'negate: "yes" is neither true nor false'],
    [
      rule('<action type="Redirect" redirectType="Permanently"/>'),
      'Permanently',
      'redirectType: "Permanently" is not known here (did you mean "Permanent"? (expected Permanent, Found, SeeOther, Temporary))',
    ],
    [rule('<action type="CustomResponse" statusCode="302"/>'), '302', 'statusCode: 302 is not allowed here'],
    [
      rule('<action type="CustomResponse" subStatusCode="1000"/>'),
      '1000',
      'subStatusCode: expected a whole number from 0 to 999, got "1000"',
    ],
    [
      rules('<rule name="a"/><rule name="A"/>'),
      'A"',
      '"A" stands twice in <rules>: first in line 2 (keep one of them, or write <remove> before the second)',
    ],
    ['<rewrit/>', '<rewrit', 'there is no section <rewrit> here (did you mean <rewrite>?)'],
    ['<rewrite><rule/></rewrite>', '<rule', 'there is no section <rule> here (did you mean <rules>?)'],
    [
      '<defaultDocument/><defaultDocument  />',
      '<defaultDocument  ',
      '<defaultDocument> stands twice, first in line 2 (keep one of them)',
    ],
  ])('%s is a fault with its place', (sections, at, problem) => {
    const place = `2:${sections.indexOf(at) + 1}`;
    expect(said(sections)).toContain(`${place} error: ${problem}`);
  });

  it('may be declared by a module that is not known here', () => {
    const declared =
      '<configSections><sectionGroup name="system.webServer"><section name="mine"/></sectionGroup></configSections>';
    const read = readSample(
      `<configuration>${declared}<system.webServer><mine a="b"/></system.webServer></configuration>`,
    );
    expect(read.said).toEqual([]);
    expect(read.rows).toContainEqual(
      expect.objectContaining({ path: 'configuration/system.webServer/mine', verdict: 'unsupported' }),
    );
  });

  it('warns of protection that is lost', () => {
    expect(said('<security><authorization><add accessType="Allow" roles="staff"/></authorization></security>')).toEqual(
      [expect.stringContaining('warning: authorization is not carried out')],
    );
    expect(said('<security><authorization><add accessType="Allow" users="*"/></authorization></security>')).toEqual([]);
  });

  it('reports encrypted values, and never takes them literally', () => {
    const farm =
      '<configuration><webFarms><webFarm name="f" adminPassword="[enc:X:aa:enc]"><applicationRequestRouting><protocol clientCertPassword="[enc:Y:bb:enc]"/></applicationRequestRouting></webFarm></webFarms></configuration>';
    const read = readSample(farm);
    expect(read.plain.farms).toEqual({ f: {} });
    expect(read.said).toEqual([expect.stringContaining('clientCertPassword is not read: it is encrypted')]);
    expect(read.rows.filter(({ note }) => note.includes('encrypted'))).toHaveLength(2);
  });
});

describe('an element of the configuration', () => {
  const root = (name: string) => readSample(`<configuration>\n<${name}/></configuration>`).said;

  it('that is not known belongs to .NET, or is one of ours misspelt', () => {
    expect(root('log4net')).toEqual([]);
    expect(root('system.web')).toEqual([]);
    expect(root('system.webserver')).toEqual([
      '2:1 error: there is no section <system.webserver> (did you mean <system.webServer>?)',
    ]);
    expect(root('rewrite')).toEqual(['2:1 error: <rewrite> stands in <system.webServer> (put it there)']);
    expect(root('webfarms')).toEqual([expect.stringContaining('did you mean <webFarms>?')]);
  });
});

describe('clear and remove', () => {
  it('act on what stands before them in the file', () => {
    expect(siteOf(rules('<rule name="a"/><rule name="b"/><remove name="A"/><rule name="a"/>'))).toEqual({
      rules: [{ name: 'b' }, { name: 'a' }],
    });
  });

  it('concern what is inherited otherwise', () => {
    expect(siteOf(rules('<clear/><rule name="a"/>'))).toEqual({ rules: { clear: true, list: [{ name: 'a' }] } });
    expect(siteOf(rules('<remove name="x"/><rule name="x"/>'))).toEqual({
      rules: { remove: ['x'], list: [{ name: 'x' }] },
    });
    expect(
      siteOf('<defaultDocument><files><remove value="index.php"/><add value="index.php"/></files></defaultDocument>'),
    ).toEqual({
      defaultDocument: { files: { remove: ['index.php'], list: ['index.php'] } },
    });
    expect(
      siteOf(
        '<httpErrors><remove statusCode="404" subStatusCode="-1"/><remove statusCode="500" subStatusCode="19"/></httpErrors>',
      ),
    ).toEqual({
      httpErrors: { errors: { remove: ['404', '500.19'] } },
    });
  });
});
