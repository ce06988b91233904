import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { client } from '../../test/kit/client.ts';
import { RecordingLogger, samplePort, sampleStatus, startSampleAdmin } from '../../test/kit/sample-admin.ts';
import { ConfigError } from '../model/config-error.ts';
import {
  type Audit,
  type Change,
  type FarmOperations,
  OperationError,
  type ServerOperations,
} from '../model/farm-operations.ts';
import { adminRoutes } from './routes.ts';
import type { AdminServer } from './start-admin.ts';

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json(): unknown;
}

let admin: AdminServer | null = null;

async function start(...args: Parameters<typeof startSampleAdmin>): Promise<AdminServer> {
  admin = await startSampleAdmin(...args);
  return admin;
}

afterEach(async () => {
  await admin?.close();
  admin = null;
});

/** One request on its own connection, with any header, Host included. */
function send(
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string; socketPath?: string } = {},
): Promise<Reply> {
  const { headers = {}, body, socketPath } = options;
  const place = socketPath ? { socketPath } : { host: '127.0.0.1', port: new URL(admin!.url).port };
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = httpRequest(
      { ...place, method, path, agent: false, headers: { ...type, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, text, json: () => JSON.parse(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

describe('the routes of the admin API', () => {
  it('give the status of the router', async () => {
    await start();
    const reply = await send('GET', '/api/status');
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual(sampleStatus);
  });

  it('say whether the router lives and takes traffic, by status code', async () => {
    let ready = true;
    await start(samplePort({ isReady: () => ready }));
    expect((await send('GET', '/api/live')).status).toBe(200);
    expect((await send('GET', '/api/ready')).status).toBe(200);
    ready = false;
    expect((await send('GET', '/api/live')).status).toBe(200);
    const stopping = await send('GET', '/api/ready');
    expect([stopping.status, stopping.json()]).toEqual([503, { ready: false }]);
  });

  it('give the metrics under their own content type', async () => {
    await start();
    const reply = await send('GET', '/metrics');
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(reply.text).toContain('\nup 1\n');
  });

  it('reload the configuration and say which one runs then', async () => {
    const warning = { file: 'narrows.yaml', line: 3, column: 5, severity: 'warning' as const, message: 'old' };
    const reload = vi.fn(async () => [warning]);
    await start(samplePort({ reload }));
    const reply = await send('POST', '/api/reload');
    expect([reply.status, reply.json(), reload.mock.calls.length]).toEqual([
      200,
      { snapshot: sampleStatus.snapshot, needsRestart: [], warnings: [warning] },
      1,
    ]);
  });

  it('need no body where they say nothing: curl -X POST sends none, nor its length', async () => {
    await start();
    for (const [request, status] of [
      ['POST /api/reload', 200],
      ['POST /api/explain', 400],
      ['POST /api/audit/7/undo', 404],
    ] as const) {
      const peer = await client(admin!.url);
      peer.send(`${request} HTTP/1.1\r\nHost: ${new URL(admin!.url).host}\r\nConnection: close\r\n\r\n`);
      expect((await peer.response()).status, request).toBe(status);
    }
  });

  it('refuse a body whose length is not said', async () => {
    await start();
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await send('POST', '/api/explain', { headers, body: '{}' })).status).toBe(411);
  });

  it('answer a refused reload with 422 and every error', async () => {
    const errors = [
      {
        file: 'narrows.yaml',
        line: 3,
        column: 5,
        severity: 'error' as const,
        message: 'unknown key',
        suggestion: 'farms',
      },
    ];
    const reload = async () => {
      throw new ConfigError(errors);
    };
    await start(samplePort({ reload }));
    const reply = await send('POST', '/api/reload');
    expect([reply.status, reply.json()]).toEqual([422, { errors }]);
  });

  it('do not reload on GET', async () => {
    const reload = vi.fn(async () => []);
    await start(samplePort({ reload }));
    expect((await send('GET', '/api/reload')).status).toBe(404);
    expect(reload).not.toHaveBeenCalled();
  });

  it('explain a request, with defaults for what is not said', async () => {
    await start();
    const reply = await send('POST', '/api/explain', { body: '{"url":"http://www.example.com/a"}' });
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual({
      outcome: { kind: 'none' },
      asked: { url: 'http://www.example.com/a', method: 'GET', headers: [], client: '127.0.0.1' },
    });
  });

  it.each([
    ['no JSON', 'not json', 400],
    ['no url', '{}', 400],
    ['a relative url', '{"url":"/a"}', 400],
    ['a key that is unknown', '{"url":"http://a/","metod":"GET"}', 400],
    ['more than a mebibyte', JSON.stringify({ url: `http://a/${'x'.repeat(1024 * 1024)}` }), 413],
  ])('refuse to explain a body with %s', async (_what, body, status) => {
    await start();
    const reply = await send('POST', '/api/explain', { body });
    expect(reply.status).toBe(status);
    expect(reply.json()).toHaveProperty('error');
  });

  it('are all described by the OpenAPI document, which names no other', async () => {
    await start();
    const { paths, openapi } = (await send('GET', '/api/openapi.json')).json() as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>;
    };
    expect(openapi).toBe('3.1.0');
    const described = Object.entries(paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb} ${path}`),
    );
    expect(described).toEqual(
      expect.arrayContaining(['get /api/status', 'put /api/farms/{farm}/servers/{server}/state']),
    );
    for (const operation of described) {
      const [verb, path] = operation.split(' ');
      const { text } = await send(verb!.toUpperCase(), path!);
      expect(text, operation).not.toContain('there is no GET /');
      expect(text, operation).not.toMatch(/there is no (?:GET|PUT|POST|DELETE) /);
    }
    const routed = adminRoutes(samplePort(), '').routes.filter(({ method }) => method !== 'ALL');
    const named = routed.map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect([...described, 'get /'].sort()).toEqual([...new Set(named)].sort()); // `/` is for people
    const explain = paths['/api/explain']!.post!.requestBody!.content['application/json']!.schema;
    expect(explain).toMatchObject({ required: ['url'], additionalProperties: false });
  });

  it('tell an unknown path in JSON', async () => {
    await start();
    const reply = await send('GET', '/nothing');
    expect([reply.status, reply.json()]).toEqual([404, { error: 'there is no GET /nothing' }]);
  });

  it('log a failure of the router itself and show none of it', async () => {
    const logger = new RecordingLogger();
    const status = () => {
      throw new Error('secret detail');
    };
    await start(samplePort({ status }), {}, logger);
    const reply = await send('GET', '/api/status');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('secret detail');
    expect(logger.lines).toEqual([
      ['error', expect.objectContaining({ event: 'admin-request-failed' }), expect.any(String)],
    ]);
  });
});

describe('the token', () => {
  it('is asked for in every request that shows or changes anything', async () => {
    await start(samplePort(), { token: 's3cret' });
    for (const [method, path] of [
      ['GET', '/api/status'],
      ['GET', '/metrics'],
      ['GET', '/api/openapi.json'],
      ['POST', '/api/reload'],
      ['POST', '/api/explain'],
      ['GET', '/nothing'],
    ] as const) {
      const reply = await send(method, path);
      expect([reply.status, reply.headers['www-authenticate']], path).toEqual([401, 'Bearer']);
    }
  });

  it.each(['Bearer s3cre', 'Bearer s3cret2', 'Bearer', 'Basic s3cret', 's3cret', 'Bearer s3cret s3cret'])(
    'is not met by "%s"',
    async (authorization) => {
      await start(samplePort(), { token: 's3cret' });
      expect((await send('GET', '/api/status', { headers: { authorization } })).status).toBe(401);
    },
  );

  it('lets its holder in, whatever the case of the scheme', async () => {
    await start(samplePort(), { token: 's3cret' });
    for (const authorization of ['Bearer s3cret', 'bearer s3cret']) {
      expect((await send('GET', '/api/status', { headers: { authorization } })).status).toBe(200);
    }
  });

  it('is not asked for by live and ready, which load balancers ask', async () => {
    await start(samplePort(), { token: 's3cret' });
    expect((await send('GET', '/api/live')).status).toBe(200);
    expect((await send('GET', '/api/ready')).status).toBe(200);
  });

  it('is required beyond loopback', async () => {
    const address = { kind: 'tcp', host: '0.0.0.0', port: 0 } as const;
    await expect(startSampleAdmin(samplePort(), { address })).rejects.toThrow('set admin.token');
  });
});

describe('pages in a browser', () => {
  it.each(['evil.example', 'evil.example:9400', 'localhost.evil.example', '127.0.0.1.evil.example'])(
    'cannot read by rebinding the name "%s" to loopback',
    async (host) => {
      await start();
      expect((await send('GET', '/api/status', { headers: { host } })).status).toBe(421);
    },
  );

  it.each(['localhost', 'localhost:9400', 'LOCALHOST:1', '127.0.0.1', '127.8.8.8:9400', '[::1]:9400'])(
    'are told apart from requests for %s',
    async (host) => {
      await start();
      expect((await send('GET', '/api/status', { headers: { host } })).status).toBe(200);
    },
  );

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['an old browser on another origin', { origin: 'http://127.0.0.1:8080' }],
    ['a sandbox', { origin: 'null' }],
  ])('cannot change anything from %s', async (_from, headers) => {
    const reload = vi.fn(async () => []);
    await start(samplePort({ reload }));
    expect((await send('POST', '/api/reload', { headers })).status).toBe(403);
    expect(reload).not.toHaveBeenCalled();
  });

  it('of our own origin may post', async () => {
    await start();
    const headers = { origin: admin!.url, 'sec-fetch-site': 'same-origin' };
    expect((await send('POST', '/api/reload', { headers })).status).toBe(200);
  });
});

describe('requests that change something', () => {
  const farms = () => {
    const asked: unknown[] = [];
    const change: Change = { what: 'state', farm: 'shop', server: 'unix:/run/a b', before: 'Start', after: 'Drain' };
    const servers = {
      setState: async (...given: unknown[]) => {
        asked.push(given);
        return change;
      },
    } as unknown as ServerOperations;
    return { asked, change, farms: { servers } as FarmOperations };
  };
  const path = `/api/farms/shop/servers/${encodeURIComponent('unix:/run/a b')}/state`;

  it('name a server by its percent-encoded address, and are recorded with who, whence and why', async () => {
    const given = farms();
    const recorded: unknown[] = [];
    const audit: Audit = {
      record(author, change) {
        recorded.push([author, change]);
        return { id: 7, at: '', ...author, change };
      },
      entries: [],
      find: () => undefined,
    };
    await start(samplePort({ farms: given.farms, audit }));
    const body = JSON.stringify({ state: 'Drain', idleTimeout: 5000, why: 'update' });
    const reply = await send('PUT', path, { body, headers: { 'x-narrows-who': 'alice' } });
    expect([reply.status, reply.json()]).toEqual([200, { change: given.change, audit: 7 }]);
    expect(given.asked).toEqual([['shop', 'unix:/run/a b', 'Drain', { persist: false, idleTimeout: 5000 }]]);
    expect(recorded).toEqual([[{ who: 'alice', from: '127.0.0.1', why: 'update' }, given.change]]);
  });

  it.each([
    ['no JSON', '{', 400],
    ['a word that is none', '{"state":"Stop"}', 400],
    ['a key that is unknown', '{"state":"Start","sure":true}', 400],
  ])('are refused with %s', async (_what, body, status) => {
    const given = farms();
    await start(samplePort({ farms: given.farms }));
    const reply = await send('PUT', path, { body });
    expect([reply.status, given.asked]).toEqual([status, []]);
    expect(reply.json()).toHaveProperty('error');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'are refused with the Content-Type "%s", which a form can send',
    async (type) => {
      const given = farms();
      await start(samplePort({ farms: given.farms }));
      const reply = await send('PUT', path, { body: '{"state":"Start"}', headers: { 'content-type': type } });
      expect([reply.status, given.asked]).toEqual([415, []]);
    },
  );

  it.each([
    ['notFound', 404],
    ['conflict', 409],
    ['invalid', 400],
  ] as const)('are answered in words where the operation refuses: %s', async (kind, status) => {
    const setState = async () => {
      throw new OperationError(kind, 'not so');
    };
    await start(samplePort({ farms: { servers: { setState } as unknown as ServerOperations } as FarmOperations }));
    const reply = await send('PUT', path, { body: '{"state":"Start"}' });
    expect([reply.status, reply.json()]).toEqual([status, { error: 'not so' }]);
  });

  it('need the token where there is one', async () => {
    const given = farms();
    await start(samplePort({ farms: given.farms }), { token: 's3cret' });
    expect((await send('PUT', path, { body: '{"state":"Start"}' })).status).toBe(401);
    expect((await send('DELETE', '/api/farms/shop/servers/a')).status).toBe(401);
    expect(given.asked).toEqual([]);
  });
});

describe('the listener', () => {
  it('serves a Unix socket, whatever the Host, and frees it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'narrows-admin-'));
    const path = join(folder, 'admin.sock');
    await start(samplePort(), { address: { kind: 'unix', path } });
    expect(admin!.url).toBe(`unix:${path}`);
    expect((await send('GET', '/api/status', { socketPath: path, headers: { host: 'any' } })).status).toBe(200);
    await admin!.close();
    await start(samplePort(), { address: { kind: 'unix', path } });
    await rm(folder, { recursive: true });
  });

  it('fails to start on a port in use', async () => {
    await start();
    const address = { kind: 'tcp', host: '127.0.0.1', port: Number(new URL(admin!.url).port) } as const;
    await expect(startSampleAdmin(samplePort(), { address })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('leaves the global Request and Response alone', async () => {
    const before = [globalThis.Request, globalThis.Response];
    await start();
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });
});
