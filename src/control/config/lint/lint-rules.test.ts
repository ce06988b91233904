import { describe, expect, it } from 'vitest';
import { configFromObject } from '../load-config.ts';

type Rule = Record<string, unknown>;

/** Warnings about `rules`, as `path: message (suggestion)`. */
async function warnings(rules: Rule[], more: object = {}): Promise<string[]> {
  const farms = { shop: { servers: ['127.0.0.1:1'] }, pilot: { servers: ['127.0.0.1:2'] } };
  const named = rules.map((rule, index) => ({ name: `r${index + 1}`, ...rule }));
  const { problems } = await configFromObject({ farms, rules: named, ...more });
  return problems.map(({ message, suggestion }) => message + (suggestion ? ` (${suggestion})` : ''));
}

const to = (url: string, more: object = {}) => ({ action: { type: 'Rewrite', url, ...more } });
const redirect = (url: string, more: object = {}) => ({ action: { type: 'Redirect', url, ...more } });
const on = (url: string, more: object = {}) => ({ match: { url, ...more } });
const when = (...conditions: object[]) => ({ conditions });
const stop = { stopProcessing: true };

describe('patterns that mean something else', () => {
  it.each([
    ['^\\Ashop', /letters A and G.*write \^/],
    ['shop\\Z', /letter z.*write \$/],
    ['^\\hshop', /escaped letter without a meaning/],
    ['^\\x{41}', /not complete/],
    ['^[[:alpha:]]+$', /\[:alpha:\]/],
    ['^a[]b', /\[\] matches nothing/],
    ['^[^]]+/', /\[\] matches nothing, and \[\^\] any/],
    ['shop/*', /repeats the slash.*Wildcard/],
    ['a/*/b', /repeats the slash/],
    ['^https?://shop\\.example/', /path alone.*HTTP_HOST/],
    ['^page\\.php\\?id=(\\d+)$', /question mark.*QUERY_STRING/],
  ])('%s', async (url, message) => {
    expect(await warnings([{ ...on(url), ...to('http://shop/') }])).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['Wildcard', '^shop/(.*)$', /looks like a regular expression.*ECMAScript/],
    ['Wildcard', 'shop/.*', /looks like a regular expression/],
    ['ExactMatch', 'shop/*', /ExactMatch \* stands for itself.*Wildcard/],
    ['ExactMatch', 'page?id=1', /question mark/],
  ])('%s %s', async (patternSyntax, url, message) => {
    const found = await warnings([{ patternSyntax, ...on(url), ...to('http://shop/') }]);
    expect(found).toEqual([expect.stringMatching(message)]);
  });

  it('[A-Z] where letter case does not count', async () => {
    const rule = { ...on('[A-Z]'), ...redirect('{ToLower:{URL}}'), ...when({ input: '{X}', pattern: '' }) };
    expect((await warnings([rule]))[0]).toMatch(/any letter.*ignoreCase: false/);
    expect((await warnings([{ ...rule, ...on('[A-Z]', { ignoreCase: false }) }])).join()).not.toMatch(/any letter/);
  });
});

describe('conditions', () => {
  const a = { input: '{HTTP_HOST}', pattern: '^a\\.example$' };
  const b = { input: '{HTTP_HOST}', pattern: '^b\\.example$' };
  const any = (...add: object[]) => ({ conditions: { logicalGrouping: 'MatchAny', add } });

  it.each([
    ['two texts that one value cannot be', when(a, b), /never all hold.*a\.example and b\.example.*MatchAny/],
    ['a condition and its contrary', when(a, { ...a, negate: true }), /never all hold.*contrary/],
    ['any of a condition and its contrary', any(a, { ...a, negate: true }), /always holds.*contrary/],
    ['any of two texts, negated', any({ ...a, negate: true }, { ...b, negate: true }), /always holds.*MatchAll/],
    ['a condition twice', when(a, a), /the same condition stands above/],
    ['EXT_{URL}', when({ input: 'EXT_{URL}', pattern: '\\.jpg$' }), /"EXT_" stands before the value.*write \{URL\}/],
    ['{URL} without its slash', when({ input: '{URL}', pattern: '^shop' }), /never holds.*begins with a slash/],
    ['not {URL} without its slash', when({ input: '{URL}', pattern: '^shop', negate: true }), /always holds/],
    ['a query string with ?', when({ input: '{QUERY_STRING}', pattern: '^\\?id=' }), /without its \?/],
    ['a host with a scheme', when({ input: '{HTTP_HOST}', pattern: '^https?://' }), /a host alone/],
    ['{HTTPS} in upper case', when({ input: '{HTTPS}', pattern: '^ON$', ignoreCase: false }), /on or off/],
    ['{RESPONSE_STATUS}', when({ input: '{RESPONSE_STATUS}', pattern: '.' }), /no response yet/],
  ])('%s', async (_, conditions, message) => {
    const found = await warnings([{ ...on('^x$'), ...conditions, ...to('http://shop/') }]);
    expect(found).toEqual([expect.stringMatching(message)]);
  });
});

describe('actions', () => {
  it('doubling a query', async () => {
    const rule = { ...on('^x$'), ...redirect('https://www.example{REQUEST_URI}') };
    expect(await warnings([rule])).toEqual([expect.stringMatching(/a second time.*appendQueryString: false/)]);
    const careful = { ...on('^x$'), ...redirect('https://www.example{REQUEST_URI}', { appendQueryString: false }) };
    expect(await warnings([careful])).toEqual([]);
  });

  it.each([
    ['of everything to everything', { ...on('(.*)'), ...redirect('http://{HTTP_HOST}/{R:1}') }],
    ['of everything to a page', redirect('/down.html')],
    ['into what its own pattern takes', { ...on('^old'), ...redirect('/old-shop/') }],
    ['by a wildcard', { patternSyntax: 'Wildcard', ...on('shop*'), ...redirect('/shop/index.html') }],
  ])('a redirect without end: %s', async (_, rule) => {
    expect(await warnings([rule])).toEqual([expect.stringMatching(/redirect without end.*exclude the target/)]);
  });

  it.each([
    ['to https where none is served', [{ ...on('(.*)'), ...redirect('https://{HTTP_HOST}/{R:1}') }]],
    ['to another host', [{ ...on('(.*)'), ...redirect('https://www.example/{R:1}') }]],
    ['with a condition', [{ ...redirect('/x'), ...when({ input: '{HTTP_HOST}', pattern: '^a$' }) }]],
    ['behind a rule that lets it through', [{ ...on('^down\\.html$'), ...stop }, redirect('/down.html')]],
  ])('but no redirect %s', async (_, rules) => {
    expect((await warnings(rules)).join()).not.toMatch(/without end/);
  });
});

describe('the order of rules', () => {
  it('a rule behind one that takes every request never applies', async () => {
    const rules = [{ ...on('.*'), ...to('http://shop/{R:0}'), ...stop }, on('^a$'), { ...on('^b$'), enabled: false }];
    expect(await warnings(rules)).toEqual([
      'rule "r2": it never applies: rule "r1" before it takes every request, and no further rule runs after that',
    ]);
  });

  it.each(['', '^', '.*', '(.*)', '^(.*)$', '^.*', '([\\s\\S]*)'])('as %j does', async (url) => {
    const match = url === '' ? {} : on(url);
    expect(await warnings([{ ...match, ...to('http://shop/'), ...stop }, on('^a$')])).toHaveLength(1);
  });

  it('a rule behind one with the same pattern never applies', async () => {
    const same = { ...on('^a$'), ...to('http://shop/'), ...stop };
    expect(await warnings([same, same])).toEqual([expect.stringMatching(/r2.*never applies.*"r1".*same pattern/)]);
    const rewritten = [same, { ...on('^b$'), ...to('/a') }, same];
    expect(await warnings(rewritten)).toEqual([]);
    expect(await warnings([{ ...same, ...when({ input: '{HTTP_HOST}', pattern: '^x$' }) }, same])).toEqual([]);
  });

  it('a pilot rule without stopProcessing is undone by the rule for all others', async () => {
    const pilot = { ...on('(.*)'), ...when({ input: '{HTTP_COOKIE}', pattern: 'pilot' }), ...to('http://pilot/{R:0}') };
    const production = { ...on('(.*)'), ...to('http://shop/{R:0}'), ...stop };
    expect(await warnings([pilot, production])).toEqual([
      expect.stringMatching(/r1.*undone.*"r2".*stopProcessing: true/),
    ]);
    expect(await warnings([{ ...pilot, ...stop }, production])).toEqual([]);
  });
});

describe('rules of sites, preconditions and outbound rules', () => {
  it('are looked at too, inherited ones once', async () => {
    const rules = [{ name: 'in site', ...on('shop/*'), action: { type: 'None' } }];
    const sites = { a: { rules, locations: [{ path: '/x', rules: [{ name: 'below', ...on('^ok$') }] }] } };
    expect(await warnings([], { sites })).toEqual([expect.stringMatching(/"in site": \/\* repeats the slash/)]);
  });

  it('a precondition that looks at the request', async () => {
    const preConditions = { html: { add: [{ input: '{HTTP_CONTENT_TYPE}', pattern: '^text/html' }] } };
    expect(await warnings([to('http://shop/')], { outboundRules: { preConditions } })).toEqual([
      'precondition "html": {HTTP_CONTENT_TYPE} is of the request, not of the response (write {RESPONSE_CONTENT_TYPE})',
    ]);
  });
});

describe('rules as they should be', () => {
  it('are not complained about', async () => {
    const rules = [
      { ...on('^about/*$'), ...to('/about'), ...stop },
      { ...on('^([^/]+)/([^?/]+)/?$'), ...to('/item?a={R:1}&b={R:2}') },
      {
        ...on('^(?!.*\\.(?:css|js)$)(.*)$'),
        ...when({ input: '{HTTPS}', pattern: 'off' }),
        ...redirect('https://{HTTP_HOST}/{R:1}'),
      },
      { ...on('^page(\\?.*)?$'), ...to('/page') },
      {
        ...on('^a[\\w.\\-@]+b\\.html$'),
        ...when({ input: '{URL}', pattern: '^/a' }, { input: '{URL}', pattern: 'b$' }),
      },
      { patternSyntax: 'Wildcard', ...on('*.jpg'), ...stop },
      { ...on('(.*)'), ...to('http://shop/{R:1}'), ...stop },
    ];
    expect(await warnings(rules)).toEqual([]);
  });
});

describe('a redirect to https by {HTTPS}', () => {
  const rule = {
    ...on('(.*)'),
    ...when({ input: '{HTTPS}', pattern: 'off' }),
    ...redirect('https://{HTTP_HOST}/{R:1}'),
  };
  const endless = expect.stringMatching(/redirect without end.*HTTP_X_FORWARDED_PROTO/);

  it('is without end behind proxies that end TLS', async () => {
    expect(await warnings([rule], { trustedProxies: ['10.0.0.1'] })).toEqual([endless]);
    const bindings = ['*:80:a.example', 'https/*:443:a.example'];
    expect(await warnings([rule], { sites: { a: { bindings } } })).toContainEqual(endless);
  });

  it('is fine where the router ends TLS itself', async () => {
    const tls = { certificates: [{ cert: 'a.pem', key: 'a.key' }] };
    const listeners = { web: { address: ':80' }, secure: { address: ':443', tls } };
    expect(await warnings([rule], { listeners, trustedProxies: ['10.0.0.1'] })).toEqual([]);
  });

  it('is fine where nothing says that there is such a proxy, and where the header of the proxy is read', async () => {
    expect(await warnings([rule])).toEqual([]);
    const reads = { ...rule, ...when({ input: '{HTTP_X_FORWARDED_PROTO}', pattern: '^http$' }) };
    expect(await warnings([reads], { trustedProxies: ['10.0.0.1'] })).toEqual([]);
  });
});

describe('names of other versions', () => {
  it('are told what they are here', async () => {
    const farms = { shop: { servers: ['127.0.0.1:1'], protocol: { responseBufferThreshold: 1 } } };
    await expect(configFromObject({ farms })).rejects.toMatchObject({
      errors: [expect.objectContaining({ suggestion: 'did you mean "minResponseBuffer"?' })],
    });
  });
});
