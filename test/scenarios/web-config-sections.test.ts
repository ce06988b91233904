// The sections that nearly every web.config carries, from the file itself to the wire.
import { describe, expect, it } from 'vitest';
import { fieldOf } from '../kit/message.ts';
import { site } from '../kit/site.ts';

const webConfig = (inner: string) =>
  `<?xml version="1.0"?><configuration><system.webServer>${inner}</system.webServer></configuration>`;

describe('a web.config in the root of a site', () => {
  it('and one in a folder act as in IIS', async () => {
    const { ask } = await site({
      'web.config': webConfig(`
        <httpProtocol><customHeaders>
          <remove name="X-Powered-By" /><add name="X-Frame-Options" value="DENY" />
        </customHeaders></httpProtocol>
        <staticContent>
          <clientCache cacheControlMode="UseMaxAge" cacheControlMaxAge="7.00:00:00" cacheControlCustom="public" />
          <remove fileExtension=".json" /><mimeMap fileExtension=".json" mimeType="application/json; charset=utf-8" />
          <mimeMap fileExtension=".data" mimeType="application/x-data" />
        </staticContent>
        <defaultDocument><files><clear /><add value="home.html" /></files></defaultDocument>
        <security><requestFiltering>
          <hiddenSegments><add segment="private" /></hiddenSegments>
          <fileExtensions><add fileExtension=".bak" allowed="false" /></fileExtensions>
          <verbs><add verb="TRACE" allowed="false" /></verbs>
          <requestLimits maxAllowedContentLength="10" maxQueryString="20"><headerLimits><add header="X-Long" sizeLimit="3" /></headerLimits></requestLimits>
        </requestFiltering>
        <ipSecurity allowUnlisted="true"><add ipAddress="203.0.113.0" subnetMask="255.255.255.0" allowed="false" /></ipSecurity>
        </security>
        <httpErrors errorMode="Custom"><remove statusCode="404" subStatusCode="-1" />
          <error statusCode="404" path="/lost.html" responseMode="ExecuteURL" />
          <error statusCode="403" subStatusCode="14" path="lost.html" responseMode="File" /></httpErrors>`),
      'sub/web.config': webConfig(`
        <httpProtocol><customHeaders><clear /><add name="X-Sub" value="1" /></customHeaders></httpProtocol>
        <staticContent><clientCache cacheControlMode="DisableCache" /></staticContent>
        <defaultDocument><files><add value="index.html" /></files></defaultDocument>`),
      'moved/web.config': webConfig(
        '<httpRedirect enabled="true" destination="https://new.example/" httpResponseStatus="Permanent" />',
      ),
      ...{
        'home.html': 'home',
        'a.json': '{}',
        'x.data': 'x',
        'lost.html': 'lost',
        'sub/index.html': 'sub',
        'x.bak': 'x',
      },
      ...{ 'private/x.txt': 'x', 'empty/x.txt': 'x' },
    });
    const home = await ask('/');
    expect([home.status, home.body.toString()]).toEqual([200, 'home']);
    expect(fieldOf(home, 'cache-control')).toBe('public,max-age=604800');
    expect(fieldOf(home, 'x-frame-options')).toBe('DENY');
    expect(fieldOf(await ask('/a.json'), 'content-type')).toBe('application/json; charset=utf-8');
    expect(fieldOf(await ask('/x.data'), 'content-type')).toBe('application/x-data');
    const sub = await ask('/sub/');
    expect([sub.body.toString(), fieldOf(sub, 'x-sub'), fieldOf(sub, 'x-frame-options')]).toEqual([
      'sub',
      '1',
      undefined,
    ]);
    expect(fieldOf(sub, 'cache-control')).toBe('public,no-cache');
    const moved = await ask('/moved/a?x=1');
    expect([moved.status, fieldOf(moved, 'location')]).toEqual([301, 'https://new.example/a?x=1']);
    const lost = async (path: string, fields = '', method = 'GET') => {
      const response = await ask(path, fields, method);
      return [response.status, response.body.toString()];
    };
    expect(await lost('/none')).toEqual([404, 'lost']);
    expect(await lost('/private/x.txt')).toEqual([404, 'lost']);
    expect(await lost('/x.bak')).toEqual([404, 'lost']);
    expect(await lost('/web.config')).toEqual([404, 'lost']);
    expect(await lost('/a.json', '', 'TRACE')).toEqual([404, 'lost']);
    expect(await lost('/a.json?123456789012345678901')).toEqual([404, 'lost']);
    expect(await lost('/a.json', 'X-Long: 1234\r\n')).toEqual([404, 'lost']);
    expect(await lost('/a.json', 'Content-Length: 11\r\n')).toEqual([404, 'lost']);
    expect(await lost('/empty/')).toEqual([403, 'lost']);
  });
});
