import { describe, expect, it } from 'vitest';
import { readSample, webConfig } from '../../../test/kit/iis-sample.ts';

describe('a section that keeps somebody out in IIS and does nothing here', () => {
  it.each([
    [
      'authorization',
      '<authorization><add accessType="Deny" users="?" /></authorization>',
      'everybody reaches what only some may',
    ],
    [
      'authentication',
      '<authentication><anonymousAuthentication enabled="false" /></authentication>',
      'anonymous clients are not refused',
    ],
    [
      'filteringRules',
      '<requestFiltering><filteringRules><filteringRule name="sql"><denyStrings><add string="--" /></denyStrings></filteringRule></filteringRules></requestFiltering>',
      'filtering rule "sql" is not carried out: what it denies is let through',
    ],
    [
      'dynamicIpSecurity',
      '<dynamicIpSecurity><denyByConcurrentRequests enabled="false" /><denyByRequestRate enabled="true" maxRequests="9" /></dynamicIpSecurity>',
      'denyByRequestRate is not carried out: no client is refused for its number of requests',
    ],
  ])('is a warning: %s', (_what, section, message) => {
    expect(readSample(webConfig(`<security>${section}</security>`)).problems).toEqual([
      expect.objectContaining({ severity: 'warning', line: 2, message: expect.stringContaining(message) }),
    ]);
  });

  it('is a warning: the authorization of .NET, in a location too', () => {
    const deny = '<system.web><authorization><allow roles="a"/>\n<deny users="?" /></authorization></system.web>';
    const text = `<configuration><location path="admin">${deny}</location>\n<system.webServer/></configuration>`;
    expect(readSample(text).said).toEqual([expect.stringMatching(/^2:1 warning: authorization of \.NET /)]);
    expect(readSample(text.replace(/<deny.*?>/, '')).said).toEqual([]);
  });

  it('is a fault where clients are named and have no address', () => {
    const named = '<ipSecurity><add domainName="evil.example" allowed="false" /></ipSecurity>';
    expect(readSample(webConfig(`<security>${named}</security>`)).said).toEqual([
      '2:23 error: clients are known by their addresses: no name is looked up (give ipAddress)',
    ]);
  });

  it.each([
    '<authorization><add accessType="Allow" users="*" /></authorization>',
    '<authentication><anonymousAuthentication enabled="true" /></authentication>',
    '<requestFiltering><filteringRules /></requestFiltering>',
    '<dynamicIpSecurity><denyByRequestRate enabled="false" /></dynamicIpSecurity>',
  ])('is none where it keeps out nobody: %s', (section) => {
    expect(readSample(webConfig(`<security>${section}</security>`)).problems).toEqual([]);
  });
});
