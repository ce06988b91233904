// Request targets as they reach the server where no rule rewrites them (CONTRACT 3, url-rewrite.md 12).
import { describe, expect, it } from 'vitest';
import { backend } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { shop } from '../kit/router.ts';

async function sent(path: string, rest: Record<string, unknown> = {}): Promise<string> {
  const server = await backend();
  const { connect } = await shop([server], {}, rest);
  const client = await connect();
  client.send(get(path));
  const { status } = await client.response();
  return server.requests[0]?.startLine.split(' ')[1] ?? `${status}`;
}

describe('a request target', () => {
  it.each(['/', '/a?b=%zz&c', '/A%20b/%E2%82%AC', '/a//b', "/~u/;p=1/@:!$&'()*+,=", '/?', '/%C3%A9'])(
    '%s goes on byte for byte',
    async (path) => {
      expect(await sent(path)).toBe(path);
    },
  );

  it.each([
    ['/a/../b', '/b'],
    ['/a/./b/', '/a/b/'],
    ['/%2e%2e/secret', '/secret'],
    ['/a\\..\\b', '/b'],
    ['/a/%2E%2E%2fb?x=/../y', '/b?x=/../y'],
  ])('%s goes on as the rules see it: %s', async (path, normal) => {
    expect(await sent(path)).toBe(normal);
  });

  it('that decodes differently a second time is 404, unless requestFiltering.allowDoubleEscaping', async () => {
    expect(await sent('/a%252e')).toBe('404');
    expect(await sent('/a%252e', { requestFiltering: { allowDoubleEscaping: true } })).toBe('/a%252e');
  });

  it('with a broken escape or %00 is 400', async () => {
    expect(await sent('/a%2')).toBe('400');
    expect(await sent('/a%00b')).toBe('400');
  });
});
