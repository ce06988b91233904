// Which requests with Upgrade become sessions, and what becomes of the others (RFC 9110 7.8; RFC 6455 4; arr.md 10).
import { describe, expect, it } from 'vitest';
import { type Answer, backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldOf } from '../kit/message.ts';
import { accepted, handshake, switching } from '../kit/raw-upgrade.ts';
import { type RunningRouter, shop } from '../kit/router.ts';

const SWITCH = 'Connection: Upgrade\r\n';

const countersOf = ({ router }: RunningRouter, index = 0) => router.status().farms[0]!.servers[index]!.counters;

/** What the server saw of `request`, and the status that the client got. */
async function passed(request: string, farm: Record<string, unknown> = {}, answer: Answer = () => ok()) {
  const server = await backend(answer);
  const running = await shop([server], farm);
  const client = await running.connect();
  client.send(request);
  const response = await client.response();
  return { running, client, server, response, request: server.requests[0]! };
}

describe('an Upgrade', () => {
  it('to websocket is passed on with what belongs to it, and the fields that are ours', async () => {
    const extension = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';
    const { request, response } = await passed(handshake('/chat', extension), {}, () =>
      accepted('Sec-WebSocket-Protocol: chat\r\n'),
    );
    expect(fieldOf(request, 'upgrade')).toBe('websocket');
    expect(fieldOf(request, 'connection')).toBe('Upgrade');
    expect(fieldOf(request, 'sec-websocket-extensions')).toMatch(/^permessage-deflate/);
    expect(fieldOf(request, 'x-forwarded-for')).toMatch(/^127\.0\.0\.1:/);
    expect(response.status).toBe(101);
    expect(fieldOf(response, 'upgrade')).toBe('websocket');
    expect(fieldOf(response, 'connection')).toBe('Upgrade');
    expect(fieldOf(response, 'sec-websocket-protocol')).toBe('chat');
    expect(fieldOf(response, 'content-length')).toBe(undefined);
  });

  it.each([
    ['h2c', get('/', `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n`)],
    ['a protocol that is not allowed', get('/', `${SWITCH}Upgrade: foo/1\r\n`)],
    ['websocket with another method', handshake().replace('GET', 'OPTIONS')],
    ['websocket with a body', handshake('/', 'Content-Length: 2\r\n').concat('ab')],
    ['websocket in chunks', handshake('/', 'Transfer-Encoding: chunked\r\n').concat('0\r\n\r\n')],
    ['websocket that Connection does not name', get('/', 'Upgrade: websocket\r\n')],
    ['websocket by HTTP/1.0', handshake().replace('HTTP/1.1', 'HTTP/1.0')],
  ])('to %s is left out, and the request served', async (_, bytes) => {
    const { request, response } = await passed(bytes);
    expect(request.head).not.toMatch(/upgrade/i);
    expect(response.status).toBe(200);
  });

  it('to what protocol.upgrade.allow names is passed on, with its version; others of the list are left out', async () => {
    const farm = { protocol: { upgrade: { allow: ['foo'] } } };
    const { request, response, client } = await passed(
      get('/', `${SWITCH}Upgrade: websocket, FOO/2, h2c, bar\r\n`),
      farm,
      ({ connection }) => {
        connection.send(`${switching('Upgrade: foo/2\r\n')}hello`);
        return undefined;
      },
    );
    expect(fieldOf(request, 'upgrade')).toBe('foo/2');
    expect(response.status).toBe(101);
    await client.receives('\r\n\r\nhello');
  });

  it('is dropped wholly where nothing is allowed', async () => {
    const { request } = await passed(handshake(), { protocol: { upgrade: { allow: [] } } });
    expect(request.head).not.toMatch(/upgrade/i);
  });

  it('of a method other than GET may switch to another protocol than websocket', async () => {
    const farm = { protocol: { upgrade: { allow: ['foo'] } } };
    const request = `OPTIONS * HTTP/1.1\r\nHost: a\r\n${SWITCH}Upgrade: foo\r\n\r\n`;
    const { response } = await passed(request, farm, () => switching('Upgrade: foo\r\n'));
    expect(response.status).toBe(101);
  });
});

describe('explain', () => {
  const SESSION = 'a 101 of the server begins a session, any other response is one to a request';
  const switchTo = (protocol: string) => [
    ['Connection', 'Upgrade'],
    ['Upgrade', protocol],
  ];

  it.each([
    ['GET', switchTo('websocket'), 'websocket', SESSION],
    ['GET', switchTo('h2c, websocket'), 'websocket', SESSION],
    ['GET', switchTo('h2c'), '', 'not passed on: protocol.upgrade.allow does not name it'],
    ['OPTIONS', switchTo('websocket'), '', 'not passed on: a WebSocket begins with a GET'],
    ['GET', [...switchTo('websocket'), ['Content-Length', '1']], '', 'not passed on: the request has a body'],
    [
      'GET',
      [['Upgrade', 'websocket']],
      '',
      'not passed on: Connection does not name it, or the request is not HTTP/1.1',
    ],
  ])('says what becomes of %s with %j', async (method, headers, passedOn, reason) => {
    const { router } = await shop(['127.0.0.1:1']);
    const request = { method, url: 'http://127.0.0.1/', headers: headers as [string, string][] };
    const { steps, outcome } = await router.explain(request);
    expect(steps.find(({ stage }) => stage === 'upgrade')).toMatchObject({ passed: passedOn, reason });
    expect(outcome.kind).toBe('proxy');
  });
});

describe('a 101', () => {
  const ACCEPT = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

  it.each([
    ['without being asked', get(), accepted(), 'without being asked'],
    [
      'to another protocol',
      handshake(),
      switching('Upgrade: foo\r\n'),
      'switched to foo where websocket was asked for',
    ],
    ['to one more protocol', handshake(), switching(`Upgrade: websocket, h2c\r\n${ACCEPT}`), 'switched to h2c'],
    ['without Upgrade', handshake(), switching(ACCEPT), 'without saying to which one'],
    ['without accept', handshake(), switching('Upgrade: websocket\r\n'), 'without Sec-WebSocket-Accept'],
    [
      'with the accept of another key',
      handshake(),
      switching('Upgrade: websocket\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n'),
      'that does not answer the key',
    ],
    ['with two accepts', handshake(), accepted(ACCEPT), 'that does not answer the key'],
    [
      'where the request had no key',
      get('/', `${SWITCH}Upgrade: websocket\r\n`),
      accepted(),
      'does not answer the key',
    ],
  ])('%s is 502.5 with its reason', async (_, request, answer, reason) => {
    const { response, server, running } = await passed(request, {}, ({ connection }) => {
      connection.send(answer);
      return undefined;
    });
    expect(response.status).toBe(502);
    expect(fieldOf(response, 'proxy-status')).toContain('error=http_upgrade_failed; details="502.5');
    expect(String(response.body)).toContain(reason);
    await server.connections[0]!.closed();
    expect(countersOf(running)).toMatchObject({ failedRequests: 1, currentWebSocketRequests: 0 });
  });

  it('that is garbage is 502.3, and counts as a handshake that failed', async () => {
    const { response, running } = await passed(handshake(), {}, () => '\x00\x01 garbage\r\n\r\n');
    expect(fieldOf(response, 'proxy-status')).toContain('502.3');
    expect(countersOf(running)).toMatchObject({ totalWebSocketRequests: 1, failedWebSocketRequests: 1 });
  });
});

describe('a handshake', () => {
  it.each([200, 401, 404, 426, 503])('that is answered with %i is a response like any other', async (status) => {
    const answer = () => `HTTP/1.1 ${status} No\r\nContent-Length: 2\r\nSec-WebSocket-Version: 13\r\n\r\nno`;
    const { response, client, server, running } = await passed(handshake(), {}, answer);
    expect([response.status, String(response.body)]).toEqual([status, 'no']);
    client.send(get('/next'));
    expect((await client.response()).status).toBe(status);
    expect(server.connections).toHaveLength(1);
    expect(countersOf(running)).toMatchObject({ totalWebSocketRequests: 0, failedWebSocketRequests: 0 });
  });

  it('that is not answered ends at protocol.timeout', async () => {
    const { response } = await passed(handshake(), { protocol: { timeout: '50ms' } }, () => undefined);
    expect(fieldOf(response, 'proxy-status')).toContain('502.3');
  });

  it('goes to another server where one cannot be reached', async () => {
    const gone = await backend();
    await gone.close();
    const server = await backend(() => accepted());
    const running = await shop([gone, server]);
    for (let n = 0; n < 2; n++) {
      const client = await running.connect();
      client.send(handshake());
      expect((await client.response()).status).toBe(101);
    }
    await eventually(() => countersOf(running, 1).currentWebSocketRequests === 2);
    expect(countersOf(running, 0)).toMatchObject({ failedWebSocketRequests: 1 });
  });

  it('is repeated where an idle connection turns out to be closed, and is no failure', async () => {
    const server = await backend(({ startLine, connection, connectionIndex }) => {
      if (startLine.includes('/chat') && connectionIndex === 0) return void connection.end();
      return startLine.includes('/chat') ? accepted() : ok();
    });
    const running = await shop([server]);
    const client = await running.connect();
    client.send(get());
    await client.response();
    client.send(handshake('/chat'));
    expect((await client.response()).status).toBe(101);
    expect(countersOf(running)).toMatchObject({ failedRequests: 0, failedWebSocketRequests: 0 });
  });

  it('goes by rules, and outbound rules see its response', async () => {
    const server = await backend(() => accepted('X-Secret: 1\r\n'));
    const rules = [
      { name: 'live', match: { url: '^live/(.*)' }, action: { type: 'Rewrite', url: 'http://shop/ws/{R:1}' } },
    ];
    const outboundRules = {
      rules: [
        {
          name: 'secret',
          match: { serverVariable: 'RESPONSE_X_Secret', pattern: '.*' },
          action: { type: 'Rewrite', value: 'no' },
        },
      ],
    };
    const { connect } = await shop([server], {}, { rules, outboundRules });
    const client = await connect();
    client.send(handshake('/live/feed'));
    const response = await client.response();
    expect(server.requests[0]!.startLine).toBe('GET /ws/feed HTTP/1.1');
    expect([response.status, fieldOf(response, 'x-secret')]).toEqual([101, 'no']);
  });

  it('has the affinity cookie on its 101, which leads back to the server', async () => {
    const servers = [await backend(() => accepted()), await backend(() => accepted())];
    const { connect } = await shop(servers, { affinity: { useCookie: true } });
    const open = async (fields: string) => {
      const client = await connect();
      client.send(handshake('/', fields));
      return client.response();
    };
    const cookie = fieldOf(await open(''), 'set-cookie')!.split(';')[0];
    const first = servers.findIndex(({ requests }) => requests.length === 1);
    for (let n = 0; n < 3; n++) expect((await open(`Cookie: ${cookie}\r\n`)).status).toBe(101);
    expect(servers[first]!.requests).toHaveLength(4);
  });

  it('to an origin is one of proxy.upgrade', async () => {
    const server = await backend(() => accepted());
    const rules = [
      { name: 'any', match: { url: '.*' }, action: { type: 'Rewrite', url: `http://${server.address}/` } },
    ];
    const open = async (upgrade: object) => {
      const { connect } = await shop([server], {}, { rules, proxy: { enabled: true, upgrade } });
      const client = await connect();
      client.send(handshake());
      return (await client.response()).status;
    };
    expect(await open({})).toBe(101);
    expect(await open({ allow: [] })).toBe(502); // the server switches all the same
  });
});
