import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { configFile, type Ended, narrows } from '../kit/narrows-command.ts';

const CONFIG = `
farms:
  shop: { servers: ["127.0.0.1:9001"], protocol: { reverseRewriteHostInResponseHeaders: true } }
outboundRules:
  preConditions: { IsHTML: { add: [ { input: "{RESPONSE_CONTENT_TYPE}", pattern: "^text/html" } ] } }
  rules:
    - name: links
      preCondition: IsHTML
      match: { filterByTags: [ A ], pattern: "^/old/(.*)" }
      action: { type: Rewrite, value: "/new/{R:1}" }
rules:
  - { name: old, match: { url: "^old" }, action: { type: Redirect, url: "/" } }
  - { name: shop, match: { url: "^shop/" }, action: { type: Rewrite, url: "http://shop/{R:0}" } }
`;

interface Told {
  outcome: { kind: string };
  response?: { status: number; headers: Record<string, unknown>; body?: string; bodyBase64?: string };
}

async function run(response: unknown, ...args: string[]): Promise<Ended> {
  const config = configFile(CONFIG);
  const file = join(dirname(config), 'response.json');
  writeFileSync(file, typeof response === 'string' ? response : JSON.stringify(response));
  return narrows(['explain', '-c', config, '--response', file, ...args]);
}

async function told(response: unknown, url = 'http://www.a/shop/', ...args: string[]): Promise<Told> {
  const { code, stdout, stderr } = await run(response, '--json', '--url', url, ...args);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Told;
}

describe('narrows explain --response', () => {
  it('tells what the client would get of it, repeated headers as a list', async () => {
    const headers = {
      Location: 'http://127.0.0.1:9001/x',
      'X-A': 'ü',
      'set-cookie': ['a=1', 'b=2'],
      Connection: 'close',
      Server: 'Apache',
      Date: 'Thu, 01 Jan 2026 00:00:00 GMT',
    };
    const { response } = await told({ status: 302, headers, body: 'über' });
    expect(response).toEqual({
      status: 302,
      headers: {
        ...{ location: 'http://www.a/x', 'x-a': 'ü', 'set-cookie': ['a=1', 'b=2'], 'content-length': '5' },
        ...{ server: 'Narrows', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      },
      body: 'über',
    });
  });

  it('takes headers as pairs, and a body as bytes', async () => {
    const headers = [['X-A', '1']];
    const { response } = await told({ headers, bodyBase64: Buffer.from([0xff, 0x00]).toString('base64') });
    expect(response).toMatchObject({ status: 200, headers: { 'x-a': '1', 'content-length': '2' }, bodyBase64: '/wA=' });
  });

  it('reads and writes text in the charset that the response names', async () => {
    const latin1 = { headers: { 'Content-Type': 'text/plain; charset=ISO-8859-1' }, body: 'ü' };
    expect((await told(latin1)).response).toMatchObject({ headers: { 'content-length': '1' }, body: 'ü' });
  });

  it('has no body where there is none: HEAD, 304', async () => {
    const head = await told({ body: 'x' }, 'http://a/shop/', '--method', 'HEAD');
    const notModified = await told({ status: 304 });
    expect(head.response).not.toHaveProperty('body');
    expect(notModified.response).toMatchObject({ status: 304 });
    expect(notModified.response).not.toHaveProperty('body');
  });

  it('tells nothing where the router answers by itself', async () => {
    expect(await told({}, 'http://a/old')).not.toHaveProperty('response');
  });

  it('runs the outbound rules, on a compressed body too', async () => {
    const page = '<p>/old/x <a href="/old/x">x</a></p>';
    const html = { 'Content-Type': 'text/html' };
    const { response } = await told({ headers: html, body: page });
    expect(response).toMatchObject({ body: '<p>/old/x <a href="/new/x">x</a></p>' });
    expect(response!.headers).not.toHaveProperty('content-length');
    const bodyBase64 = gzipSync(page).toString('base64');
    const coded = await told({ headers: { ...html, 'Content-Encoding': 'gzip' }, bodyBase64 });
    expect(coded.response!.headers).toMatchObject({ 'content-encoding': 'gzip' });
    const text = gunzipSync(Buffer.from(coded.response!.bodyBase64!, 'base64')).toString();
    expect(text).toBe('<p>/old/x <a href="/new/x">x</a></p>');
  });

  it('tells people what each outbound rule did, and for which responses it is', async () => {
    const page = { headers: { 'Content-Type': 'text/html' }, body: '<a href="/old/x"><a href="/other">' };
    const { stdout } = await run(page, '--url', 'http://a/shop/');
    expect(stdout).toContain(`pick 127.0.0.1:9001 by WeightedRoundRobin: the only candidate
precondition IsHTML: {RESPONSE_CONTENT_TYPE} is "text/html" and matches ^text/html: rules that name it are for this response

outbound rules
  YES  links      "/old/x" becomes "/new/x"
  no   links      "/other": the pattern does not match

=> sent to`);
  });

  it('tells people the head and the body', async () => {
    const { stdout } = await run(
      { headers: { Date: 'now', 'X-A': 'a' }, body: 'one\ntwo\u001b\n' },
      '--url',
      'http://a/shop/',
    );
    expect(stdout.slice(stdout.indexOf('response 200'))).toBe(
      'response 200\n  date: now\n  x-a: a\n  content-length: 9\n  server: Narrows\n  | one\n  | two\\x1b\n  |\n',
    );
  });

  it('is the error that the client gets, where no server may answer like that', async () => {
    const { response } = await told(
      { headers: { 'X-A': 'a\nb' } },
      'http://a/shop/',
      '--header',
      'Accept: application/json',
    );
    expect(response).toMatchObject({ status: 502, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(response!.body!)).toMatchObject({ subStatus: 3, code: 'invalidResponse' });
  });

  it.each([
    ['{"status":', 'not JSON'],
    [{ status: 100 }, 'status is 100, not a number from 200 to 599'],
    [{ header: {} }, 'unknown key "header": there are status, headers, body, bodyBase64'],
    [{ body: 'a', bodyBase64: 'YQ==' }, 'there are body and bodyBase64'],
    [{ bodyBase64: 'a?' }, 'bodyBase64 is not base64'],
    [{ headers: { 'Content-Encoding': 'gzip' }, body: 'a' }, 'give its bytes as bodyBase64'],
  ])('refuses %j with exit code 1', async (response, reason) => {
    const { code, stdout, stderr } = await run(response, '--url', 'http://a/');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^narrows: .*response\.json: /);
    expect(stderr).toContain(reason);
  });
});
