import { describe, expect, it } from 'vitest';
import { HostNames } from './host-name.ts';

const hosts = [
  { name: 'Shop.Example.', servers: 3, equivalentHosts: ['laden.example', 'WWW.boutique.example:80'] },
  { name: 'deep.tenant.example', servers: 2, equivalentHosts: [] },
];

describe('the name of a host', () => {
  it.each([
    ['www.example.com', 'www.example.com'],
    ['WWW.Example.COM.', 'www.example.com'],
    ['www.example.com:8080', 'www.example.com'],
    ['192.0.2.1:80', '192.0.2.1'],
    ['[2001:DB8::1]:8443', '[2001:db8::1]'],
    ['[2001:db8::1]', '[2001:db8::1]'],
    ['', ''],
    ['shop.example', 'shop.example'],
    ['LADEN.example:81', 'shop.example'],
    ['www.boutique.example', 'shop.example'],
    ['www.shop.example', 'www.shop.example'],
  ])('%s is %s', (host, name) => {
    expect(new HostNames({ labels: null, hosts }).nameOf(host)).toBe(name);
  });

  it.each([
    ['a.b.contoso.com', 2, 'contoso.com'],
    ['a.b.contoso.com', 3, 'b.contoso.com'],
    ['a.b.contoso.com', 0, 'a.b.contoso.com'],
    ['localhost', 2, 'localhost'],
    ['192.0.2.17', 2, '192.0.2.17'],
    ['[2001:db8::1.2.3.4]', 2, '[2001:db8::1.2.3.4]'],
    ['www.laden.example', 2, 'shop.example'],
    ['deep.tenant.example', 2, 'deep.tenant.example'],
    ['other.tenant.example', 2, 'tenant.example'],
  ])('%s with %i labels is %s', (host, labels, name) => {
    expect(new HostNames({ labels, hosts }).nameOf(host)).toBe(name);
  });

  it('says how many servers it needs', () => {
    const names = new HostNames({ labels: 2, hosts });
    expect(
      ['laden.example', 'deep.tenant.example', 'x.tenant.example'].map((host) => names.serversOf(names.nameOf(host))),
    ).toEqual([3, 2, 1]);
  });
});
