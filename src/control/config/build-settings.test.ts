import { describe, expect, it } from 'vitest';
import { problemLines } from '../../../test/kit/problem-lines.ts';
import type { ConfigError } from '../../model/config-error.ts';
import { defaultLevelSettings, type LevelSettings } from '../../model/level-settings.ts';
import { parseConfig } from './load-config.ts';

const FILE = '/etc/narrows/narrows.yaml';

/** The settings of each level of one site, by path. */
function settingsOf(site: object, rest: object = {}): Record<string, LevelSettings> {
  const text = JSON.stringify({ sites: { main: { root: '/srv/www', webConfig: false, ...site } }, ...rest });
  const { levels } = parseConfig(text, FILE, { env: {} }).config.sites[0]!;
  return Object.fromEntries(levels.map(({ path, settings }) => [path, settings]));
}

function faultsOf(site: object): string[] {
  try {
    settingsOf(site);
    return [];
  } catch (error) {
    return (error as ConfigError).errors.map(({ message }) => message);
  }
}

describe('the settings of a level', () => {
  it('are those of IIS where nothing is written', () => {
    expect(settingsOf({})['/']).toEqual(defaultLevelSettings);
  });

  it('are inherited as a whole where a folder says nothing of a section', () => {
    const levels = settingsOf({
      defaultDocument: { enabled: false },
      staticContent: { mimeMap: { '.x': 'text/x' } },
      locations: [{ path: 'a', httpProtocol: { customHeaders: [{ name: 'A', value: '1' }] } }],
    });
    expect(levels['/a']!.staticContent).toEqual(levels['/']!.staticContent);
    expect(levels['/a']!.defaultDocument.enabled).toBe(false);
    expect(levels['/']!.customHeaders).toEqual([]);
  });

  it('of several layers for one path are put over one another in their order', () => {
    const layer = (value: string) => ({ path: '/a', httpProtocol: { customHeaders: [{ name: 'A', value }] } });
    expect(settingsOf({ locations: [layer('1'), layer('2')] })['/a']!.customHeaders).toEqual([
      { name: 'A', value: '2' },
    ]);
  });
});

describe('lists', () => {
  it('of default documents have those of the deeper level first, each once', () => {
    const levels = settingsOf({
      defaultDocument: { files: { clear: true, list: ['a.html', 'b.html'] } },
      locations: [{ path: '/x', defaultDocument: { files: { remove: ['A.html'], list: ['c.html', 'b.html'] } } }],
    });
    expect(levels['/']!.defaultDocument.files).toEqual(['a.html', 'b.html']);
    expect(levels['/x']!.defaultDocument.files).toEqual(['c.html', 'b.html']);
  });

  it('of headers replace one of the same name, add, remove and clear', () => {
    const header = (name: string, value = '1') => ({ name, value });
    const at = (customHeaders: object) =>
      settingsOf({
        httpProtocol: { customHeaders: [header('A'), header('B')] },
        locations: [{ path: '/x', httpProtocol: { customHeaders } }],
      })['/x']!.customHeaders.map(({ name, value }) => `${name}=${value}`);
    expect(at([header('C')])).toEqual(['A=1', 'B=1', 'C=1']);
    expect(at([header('a', '2')])).toEqual(['B=1', 'a=2']);
    expect(at({ remove: ['a'] })).toEqual(['B=1']);
    expect(at({ clear: true, list: [header('D')] })).toEqual(['D=1']);
  });

  it('of types keep what a level takes away taken away below it, until it is given again', () => {
    const levels = settingsOf({
      staticContent: { remove: ['.js'], mimeMap: { SVG: 'image/svg' } },
      locations: [
        { path: '/x', staticContent: { mimeMap: { '.js': 'text/js' } } },
        { path: '/y', staticContent: { clear: true } },
      ],
    });
    expect(Object.fromEntries(levels['/']!.staticContent.mimeMap)).toEqual({ '.js': null, '.svg': 'image/svg' });
    expect(Object.fromEntries(levels['/x']!.staticContent.mimeMap)).toEqual({ '.js': 'text/js', '.svg': 'image/svg' });
    expect(levels['/y']!.staticContent).toMatchObject({ onlyOwnTypes: true, mimeMap: [] });
  });

  it('of allowed and denied names let the last word count', () => {
    const levels = settingsOf({
      requestFiltering: { fileExtensions: { denied: ['.A', '.b'] } },
      locations: [{ path: '/x', requestFiltering: { fileExtensions: { allowUnlisted: false, allowed: ['.a'] } } }],
    });
    const { allowed, denied, allowUnlisted } = levels['/x']!.requestFiltering.fileExtensions;
    expect([allowed, denied.includes('.a'), denied.includes('.b'), allowUnlisted]).toEqual([
      ['.a'],
      false,
      true,
      false,
    ]);
  });

  it('of addresses have those of the deeper level first, as ranges', () => {
    const levels = settingsOf({
      ipSecurity: { list: [{ ipAddress: '10.0.0.0', subnetMask: '255.0.0.0' }, { ipAddress: '192.0.2.1' }] },
      locations: [
        {
          path: '/x',
          ipSecurity: {
            remove: ['10.0.0.0/255.0.0.0'],
            list: [{ ipAddress: 'fd00::', subnetMask: '8', allowed: true }],
          },
        },
      ],
    });
    expect(levels['/x']!.ipSecurity.list).toEqual([
      { range: 'fd00::/8', allowed: true },
      { range: '192.0.2.1/32', allowed: false },
    ]);
  });

  it('of pages are found by status, and removed by it', () => {
    const page = (statusCode: number, more: object = {}) => ({
      statusCode,
      path: '/e.html',
      responseMode: 'ExecuteURL',
      ...more,
    });
    const levels = settingsOf({
      httpErrors: { errors: [page(404), page(404, { subStatusCode: 3 }), page(500)] },
      locations: [{ path: '/x', httpErrors: { errorMode: 'Custom', errors: { remove: [404, '404.3'] } } }],
    });
    expect(levels['/x']!.httpErrors.errors.map(({ statusCode }) => statusCode)).toEqual([500]);
    expect(levels['/x']!.httpErrors.errorMode).toBe('Custom');
  });
});

describe('requestFiltering of the whole router', () => {
  it('is what sites inherit over the defaults, and all there is for other requests', () => {
    const rest = { requestFiltering: { verbs: { denied: ['TRACE'] }, requestLimits: { maxUrl: 100 } } };
    const text = JSON.stringify({ sites: { main: {} }, ...rest });
    const { config } = parseConfig(text, FILE, { env: {} });
    expect(config.requestFiltering).toMatchObject({ verbs: { denied: ['trace'] }, maxUrl: 100, hiddenSegments: [] });
    expect(config.sites[0]!.levels[0]!.settings.requestFiltering).toMatchObject({
      ...{ verbs: { denied: ['trace'] }, maxUrl: 100, maxQueryString: 2048 },
      hiddenSegments: expect.arrayContaining(['web.config']),
    });
  });
});

describe('a level that cannot be carried out', () => {
  it.each([
    [{ httpProtocol: { customHeaders: [{ name: 'Content-Length', value: '1' }] } }, /framed/],
    [{ httpProtocol: { customHeaders: [{ name: 'a b', value: '1' }] } }, /not the name of a header/],
    [{ httpProtocol: { customHeaders: [{ name: 'A', value: 'a\r\nb' }] } }, /no header may hold/],
    [{ staticContent: { mimeMap: { '.x': '' } } }, /not a type/],
    [{ staticContent: { clientCache: { httpExpires: 'a\nb' } } }, /no header may hold/],
    [{ ipSecurity: { list: [{ ipAddress: '10.0.0' }] } }, /not a range/],
    [{ ipSecurity: { list: [{ ipAddress: '10.0.0.0', subnetMask: '255.0.255.0' }] } }, /not a range/],
    [
      { httpErrors: { errors: [{ statusCode: 404, path: 'e.html', responseMode: 'ExecuteURL' }] } },
      /not the path of a URL/,
    ],
  ])('%j is refused', (site, message) => {
    expect(faultsOf(site).join()).toMatch(message);
  });

  it('warns of a redirect without a destination', () => {
    const text = JSON.stringify({ sites: { main: { httpRedirect: { enabled: true } } } });
    expect(problemLines(text).join()).toContain('there is no destination');
  });
});
