// What outbound rules make of a body has a measure: a value may hold text of the client, and a page holds it thousands of times.
import { brotliCompressSync, constants, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { backend, ok } from '../kit/backend.ts';
import { shop } from '../kit/router.ts';

const HTML = 'Content-Type: text/html; charset=utf-8\r\n';
const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const LINKS = { filterByTags: 'A', pattern: '^http://inner(/.*)' };
const WORDS = { pattern: 'http://inner' };

async function answer(match: object, header: string, links: number) {
  const server = await backend(() => ok('<a href="http://inner/x">'.repeat(links), HTML));
  const action = { type: 'Rewrite', value: 'http://{HTTP_X_NAME}/' };
  const { connect } = await shop([server], {}, { outboundRules: { rules: [{ name: 'links', match, action }] } });
  const client = await connect();
  client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Name: ${header}\r\n\r\n`);
  return client.response('GET');
}

it.each([
  ['attributes', LINKS],
  ['the body', WORDS],
])('a client cannot make a page of %s grow a hundredfold', async (_, match) => {
  const response = await answer(match, 'x'.repeat(14_000), 2000);
  expect(response.status).toBe(500);
  expect(response.body.toString()).toContain('it makes more than 8 times the bytes of the body');
});

it.each([
  ['attributes', LINKS],
  ['the body', WORDS],
])('addresses that become longer are no such page: %s', async (_, match) => {
  const response = await answer(match, 'a-much-longer-name.of.a.host.example.com'.repeat(4), 2000);
  expect(response.status).toBe(200);
});

it.each(['br', 'zstd'])('a server cannot make the router work for minutes by some kilobytes of %s', async (coding) => {
  const blanks = Buffer.alloc(80 * 1024 * 1024, ' ');
  const body = coding === 'br' ? brotliCompressSync(blanks, FAST) : zstdCompressSync(blanks);
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nContent-Encoding: ${coding}\r\n${HTML}\r\n`;
  const server = await backend(() => Buffer.concat([Buffer.from(head), body]));
  const action = { type: 'Rewrite', value: '/' };
  const rules = [{ name: 'links', match: LINKS, action }];
  const { connect } = await shop([server], {}, { outboundRules: { rules } });
  const client = await connect();
  client.send(`GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${coding}\r\n\r\n`);
  const { status, complete } = await client.response('GET');
  expect(status === 502 || !complete).toBe(true);
});

it('a Host that is longer than any name is refused', async () => {
  const { connect } = await shop([await backend()]);
  const client = await connect();
  client.send(`GET / HTTP/1.1\r\nHost: ${'a'.repeat(1025)}\r\n\r\n`);
  expect((await client.response('GET')).status).toBe(400);
});
