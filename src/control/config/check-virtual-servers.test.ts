import { describe, expect, it } from 'vitest';
import { problemLines } from '../../../test/kit/problem-lines.ts';

/** What is said of a listener with these keys in front of the farm `shop`. */
function saidOf(listener: string, farm = ''): string[] {
  return problemLines(`listeners:
  front: { address: ":9000", ${listener} }
farms:
  shop: { servers: ["10.0.0.1:80"]${farm} }
`);
}

const TCP = 'protocol: tcp, farm: shop';

describe('a tcp listener', () => {
  it('needs a farm, or pools, whose farms are there', () => {
    expect(saidOf('protocol: tcp')).toEqual([
      '2:3: error: a tcp listener needs a farm, add farm: the name of the farm its connections go to',
    ]);
    expect(saidOf('protocol: tcp, farm: shpo')[0]).toContain('error: there is no farm "shpo", did you mean "shop"?');
    expect(saidOf('protocol: tcp, pools: [{ serverNames: [a.test], farm: hsop }]')[0]).toContain(
      'there is no farm "hsop"',
    );
    expect(saidOf(TCP)).toEqual([]);
    expect(saidOf('protocol: tcp, pools: [{ serverNames: [a.test], farm: Shop }]')).toEqual([]);
  });

  it('has pools that say which connections they are for, in one way', () => {
    expect(saidOf(`${TCP}, pools: [{ farm: shop }]`)[0]).toContain('nothing says which connections this pool is for');
    expect(saidOf(`${TCP}, pools: [{ farm: shop, serverNames: [a.test], firstBytes: [SSH-] }]`)[0]).toContain(
      'make it two pools',
    );
    expect(saidOf(`${TCP}, pools: [{ farm: shop, serverNames: ["a..test"] }]`)[0]).toContain(
      '"a..test" is not a host name, write a.example.com, *.example.com, or * for any name',
    );
  });

  it('has no TLS of its own, and an http listener has nothing of it', () => {
    expect(saidOf(`${TCP}, tls: { folder: /tmp }`)[0]).toContain('a tcp listener passes TLS on as it is');
    const faults = saidOf('farm: shop, pools: [], limits: {}');
    expect(faults.map((line) => /only a tcp listener has (\w+)/.exec(line)?.[1])).toEqual(['a', 'pools', 'limits']);
  });

  it('is balanced by what a connection has', () => {
    const by = (loadBalancing: string) => saidOf(TCP, `, loadBalancing: { ${loadBalancing} }`);
    expect(by('algorithm: RequestHash')).toEqual([
      '2:51: error: farm "shop" is balanced by RequestHash, which needs requests: a tcp listener has connections only, take another method, or hashServerVariable: REMOTE_ADDR',
    ]);
    expect(by('algorithm: RendezvousHash, hashServerVariable: HTTP_HOST')).toHaveLength(1);
    expect(by('algorithm: RendezvousHash, hashServerVariable: remote_addr')).toEqual([]);
    expect(by('algorithm: LeastConnections')).toEqual([]);
  });

  it('has affinity by address alone, and is told so', () => {
    const by = (affinity: string) => saidOf(TCP, `, affinity: { ${affinity} }`);
    expect(by('useCookie: true')[0]).toMatch(/warning: this affinity has no effect on connections of tcp listeners/);
    expect(by('by: header, name: X-User')).toHaveLength(1);
    expect(by('by: variable, name: REMOTE_ADDR')).toEqual([]);
    expect(by('by: variable, name: REMOTE_ADDR, whenServerGone: wait')[0]).toContain('they are closed');
  });

  it('gives its farms something to do', () => {
    const config = `listeners:
  front: { address: ":9000", protocol: tcp, farm: shop, pools: [{ serverNames: [b.test], farm: blog }] }
farms:
  shop: { servers: ["10.0.0.1:80"] }
  blog: { servers: ["10.0.0.2:80"] }
`;
    expect(problemLines(config)).toEqual([]);
    expect(problemLines(`${config}  news: { servers: ["10.0.0.3:80"] }\n`)).toHaveLength(1);
  });
});
