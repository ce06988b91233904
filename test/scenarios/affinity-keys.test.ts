// Cookies that others wrote, ARR or this router with another key: nobody loses a session, and the cookie is renewed.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRouter, type Router } from '../../src/index.ts';
import { type Answer, ask } from '../kit/zero-loss-client.ts';
import { type CountingServer, countingServer } from '../kit/zero-loss-server.ts';

const OLD = 'the key of last year, long enough';
const NEW = 'the key of this year, long enough';

let servers: CountingServer[];
let router: Router;
let url: string;

function config(affinity: object, more: object = {}): Record<string, unknown> {
  const [first, ...others] = servers.map(({ address }) => address);
  // As in ARR: the name of a server has no port.
  const named = { address: '127.0.0.1', httpPort: Number(first!.split(':')[1]) };
  return {
    listeners: { web: { address: '127.0.0.1:0' } },
    farms: { shop: { servers: [named, ...others], affinity: { useCookie: true, ...affinity } } },
    shutdownIdleGrace: 0,
    ...more,
  };
}

async function start(input: Record<string, unknown>, workers = 0): Promise<void> {
  router = createRouter(input, { workers });
  url = (await router.start()).listeners[0]!.url;
}

const servedBy = ({ head }: Answer) => /^x-server: (\w)/im.exec(head)![1]!;
const cookieOf = ({ head }: Answer) => /^set-cookie: ([^;\r]+)/im.exec(head)?.[1] ?? null;
const visit = (cookie: string) => ask(url, '/', `Cookie: ${cookie}\r\n`);
const arrCookie = (name: string) =>
  `ARRAffinity=${createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex').toUpperCase()}`;

/** One client of each server, with its cookie. */
async function oneOfEach(): Promise<Map<string, string>> {
  const clients = new Map<string, string>();
  while (clients.size < servers.length) {
    const answer = await ask(url, '/');
    clients.set(servedBy(answer), cookieOf(answer)!);
  }
  return clients;
}

beforeEach(async () => {
  servers = await Promise.all(['a', 'b', 'c'].map((name) => countingServer(name)));
});

afterEach(async () => {
  await router.stop();
  await Promise.all(servers.map((server) => server.kill()));
});

it.each([
  ['no lifetime', {}],
  ['lifetimes', { cookieIdleTimeout: '1h', cookieLifetime: '1d' }],
])(
  'a key is changed under way, with %s: each client stays, gets a new cookie, and the old key can then go',
  async (_what, more) => {
    await start(config({ secret: OLD, ...more }), 2);
    const before = await oneOfEach();
    await router.reload(config({ secret: NEW, previousSecrets: [OLD], ...more }));
    const after = new Map<string, string>();
    // Not in their turn, so that nobody comes to the right server by chance.
    for (const [server, cookie] of [...before].reverse()) {
      const answer = await visit(cookie);
      expect(servedBy(answer)).toBe(server);
      expect(cookieOf(answer)).not.toBe(cookie);
      after.set(server, cookieOf(answer)!);
    }
    await router.reload(config({ secret: NEW, ...more }));
    for (const [server, cookie] of after) {
      for (let n = 0; n < 3; n++) {
        const answer = await visit(cookie);
        expect([servedBy(answer), cookieOf(answer)]).toEqual([server, null]);
      }
    }
    // Without previousSecrets the old ones would have been nobody's.
    expect(cookieOf(await visit(before.get('a')!))).not.toBeNull();
  },
);

it('a client that comes from ARR stays with its server, and gets a cookie of ours', async () => {
  await start(config({}));
  for (let n = 0; n < 4; n++) {
    const answer = await visit(arrCookie('127.0.0.1'));
    expect([servedBy(answer), cookieOf(answer)]).toEqual(['a', expect.stringMatching(/^ARRAffinity=[\w-]{43}$/)]);
  }
});

it('compatibility: affinityCookie writes what ARR writes, and clients of before stay too', async () => {
  await start(config({ secret: OLD }));
  const before = await oneOfEach();
  await router.reload(config({ secret: OLD }, { compatibility: ['affinityCookie'] }));
  const answer = await visit(before.get('a')!);
  expect([servedBy(answer), cookieOf(answer)]).toEqual(['a', arrCookie('127.0.0.1')]);
  const next = await visit(arrCookie('127.0.0.1'));
  expect([servedBy(next), cookieOf(next)]).toEqual(['a', null]);
});
