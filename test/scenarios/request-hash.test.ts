// RequestHash and RendezvousHash over what the rules have found out of a request.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

let servers: CountingServer[];
let router: Router;

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

/** @param variable that the rule sets to the first folder of the path */
const config = (algorithm: string, variable: string) => ({
  listeners: { web: { address: '127.0.0.1:0' } },
  farms: {
    shop: {
      servers: servers.map(({ address }) => address),
      loadBalancing: { algorithm, hashServerVariable: 'TENANT' },
    },
  },
  rules: {
    list: [
      {
        name: 'tenants',
        match: { url: '^([^/]+)/' },
        serverVariables: [{ name: variable, value: '{R:1}' }],
        action: { type: 'Rewrite', url: 'http://shop/{R:0}' },
      },
    ],
  },
  shutdownIdleGrace: 0,
});

/** Servers that requests of 12 tenants came to, each of them four times. */
async function placesOf(url: string): Promise<string[]> {
  const places = [];
  for (let tenant = 0; tenant < 12; tenant++) {
    const served = new Set<string>();
    for (let n = 0; n < 4; n++) served.add(/^x-server: (\w)/im.exec((await ask(url, `/t${tenant}/${n}`)).head)![1]!);
    places.push([...served].sort().join(''));
  }
  return places;
}

describe.each(['RequestHash', 'RendezvousHash'])('%s', (algorithm) => {
  it.each([0, 2])(
    'sends a tenant to its server, and also one that a reload made known, with %i workers',
    async (workers) => {
      router = createRouter(config(algorithm, 'OTHER'), { workers });
      const { url } = (await router.start()).listeners[0]!;
      // No rule sets TENANT: it is empty, and requests go round.
      expect(await placesOf(url)).toEqual(new Array(12).fill('abcd'));
      await router.reload(config(algorithm, 'TENANT'));
      const places = await placesOf(url);
      expect(places.map(({ length }) => length)).toEqual(new Array(12).fill(1));
      expect(new Set(places).size).toBeGreaterThan(1);
    },
  );
});
