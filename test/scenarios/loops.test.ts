// Requests that come back to a router: stopped, and named (CONTRACT 3, arr.md 15 row 22).
import { describe, expect, it, onTestFinished } from 'vitest';
import { backend } from '../kit/backend.ts';
import { fieldOf } from '../kit/message.ts';
import { NameServer, NO_ERROR } from '../kit/name-server.ts';
import { type RunningRouter, router } from '../kit/router.ts';

/** A router whose rule sends everything on to where `url` says, with its log. */
function sendingTo(url: string, rest: Record<string, unknown> = {}): Promise<RunningRouter> {
  return router({
    listeners: { web: { address: '127.0.0.1:0' } },
    proxy: { enabled: true },
    rules: [{ name: 'on', match: { url: '.*' }, action: { type: 'Rewrite', url } }],
    ...rest,
  });
}

/** A router on 127.0.0.1 that sends everything on to itself as `me.example`. */
async function selfCaller(proxy: Record<string, unknown>): Promise<RunningRouter> {
  const names = new NameServer();
  onTestFinished(() => names.close());
  names.replies.set('me.example A', { code: NO_ERROR, records: [{ address: '127.0.0.1', ttl: 60 }] });
  return sendingTo('http://me.example:{SERVER_PORT}/{R:0}', {
    resolvers: [await names.start()],
    proxy: { enabled: true, ...proxy },
  });
}

const portOf = (url: string): string => new URL(url).port;

async function ask(running: RunningRouter, fields: string) {
  const peer = await running.connect();
  peer.send(`GET /x HTTP/1.1\r\nHost: www.example.com\r\n${fields}\r\n`);
  return peer.response();
}

describe('a loop', () => {
  it('through one router under another name ends with 502.6, which names it', async () => {
    const response = await ask(await selfCaller({ preserveHostHeader: true }), '');
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toMatch(/error=proxy_loop_detected; details="502\.6 /);
    expect(response.body.toString()).toMatch(
      /502\.6.*the request goes round in a loop, and was to go on to me\.example:\d+/s,
    );
  });

  it('through one router is over at the second round where Host is the other name: that is our own then', async () => {
    expect((await ask(await selfCaller({}), '')).status).toBe(404);
  });

  it('through two routers that point at each other ends with 502.6 too', async () => {
    const one = await sendingTo('http://{HTTP_X_NEXT}/{R:0}');
    const two = await sendingTo(`http://127.0.0.1:${portOf(one.url)}/{R:0}`);
    const response = await ask(one, `X-Next: 127.0.0.1:${portOf(two.url)}\r\n`);
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toContain('proxy_loop_detected');
    expect(response.body.toString()).toMatch(/was to go on to 127\.0\.0\.1:\d+/);
  });

  it('through the server of a farm ends with 502.6 too', async () => {
    const one = await sendingTo('http://{HTTP_X_NEXT}/{R:0}');
    const farm = await sendingTo('http://back/{R:0}', { farms: { back: { servers: [new URL(one.url).host] } } });
    const response = await ask(one, `X-Next: 127.0.0.1:${portOf(farm.url)}\r\n`);
    expect(response.status).toBe(502);
    expect(response.body.toString()).toContain('the request goes round in a loop');
  });

  it('goes round as often as proxy.maxForwards says', async () => {
    const seen: string[] = [];
    const mirror = await backend((request) => {
      seen.push(fieldOf(request, 'max-forwards')!);
      return 'HTTP/1.1 204 No Content\r\n\r\n';
    });
    const running = await sendingTo(`http://${mirror.address}/`, { proxy: { enabled: true, maxForwards: 3 } });
    await ask(running, '');
    await ask(running, 'Max-Forwards: 2\r\n');
    await ask(running, 'Max-Forwards: 70\r\n');
    expect(seen).toEqual(['3', '1', '3']);
  });

  it('is known for what it is with stealthMode too, which sends no Max-Forwards of its own', async () => {
    const mirror = await backend();
    const running = await sendingTo(`http://${mirror.address}/`, { proxy: { enabled: true, stealthMode: true } });
    const response = await ask(running, 'Max-Forwards: 0\r\n');
    expect(response.body.toString()).toContain('502.6');
    expect(mirror.requests).toEqual([]);
  });
});

describe('a rewrite to where the request came in', () => {
  it('is no round at all: it stays here', async () => {
    const running = await sendingTo('http://{HTTP_HOST}/elsewhere');
    const peer = await running.connect();
    peer.send(`GET /x HTTP/1.1\r\nHost: 127.0.0.1:${portOf(running.url)}\r\n\r\n`);
    const response = await peer.response();
    expect(response.status).toBe(404);
    expect(response.body.toString()).toContain('no rule sent the request to a farm');
  });
});

describe('the admin API', () => {
  it('does not answer requests that a router sent on, unless they have its token', async () => {
    const open = await sendingTo('http://{HTTP_X_NEXT}/api/status', { admin: { address: '127.0.0.1:0' } });
    const admin = (await openedAdmin(open)).host;
    const direct = await fetch(`http://${admin}/api/status`);
    expect(direct.status).toBe(200);
    const response = await ask(open, `X-Next: ${admin}\r\n`);
    expect(response.status).toBe(403);
    expect(response.body.toString()).toContain('needs a token');
  });
});

async function openedAdmin(running: RunningRouter): Promise<URL> {
  const { url } = running.router.status().listeners.find(({ name }) => name === 'admin')!;
  return new URL(url);
}
