// The corpus of ambiguous and malformed requests, against a whole router: the right refusal, the end of the connection,
// and nothing of it at the server.
import { describe, expect, it } from 'vitest';
import {
  malformedChunkedBodies,
  malformedRequests,
  wellFormedRequests,
} from '../../src/wire/http1/malformed-corpus.ts';
import { backend, ok } from '../kit/backend.ts';
import { get } from '../kit/client.ts';
import { fieldOf } from '../kit/message.ts';
import { shop } from '../kit/router.ts';

describe('a malformed request', () => {
  it.each(malformedRequests)(
    'with $name is answered $status, and nothing reaches the server',
    async ({ bytes, status }) => {
      const server = await backend();
      const { connect } = await shop([server]);
      const client = await connect();
      client.send(bytes + get('/smuggled'));
      const response = await client.response();
      expect(response.status).toBe(status);
      expect(fieldOf(response, 'connection')).toBe('close');
      expect(await client.closed()).toBe('end');
      await expect(client.response()).rejects.toThrow('without a response'); // one answer, whatever followed
      expect(server.connections).toHaveLength(0);
    },
  );

  it('behind a good one on the same connection is refused after the answer to that one', async () => {
    const server = await backend();
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(`${get()}GET / HTTP/1.1\r\nHost : x\r\n\r\n`);
    expect([(await client.response()).status, (await client.response()).status]).toEqual([200, 400]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a malformed chunked body', () => {
  it.each(malformedChunkedBodies)(
    'with $name is answered 400, and never looks whole to the server',
    async ({ bytes }) => {
      const server = await backend();
      const { connect } = await shop([server]);
      const client = await connect();
      client.send(
        `POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n${bytes}${get('/smuggled')}`,
      );
      expect((await client.response()).status).toBe(400);
      expect(await client.closed()).toBe('end');
      for (const connection of server.connections) await connection.closed();
      expect(server.requests).toHaveLength(0);
      expect(server.connections.map(({ text }) => text).join('')).not.toContain('smuggled');
    },
  );
});

describe('an unusual request', () => {
  it.each(wellFormedRequests)('with $name is served', async ({ bytes }) => {
    const server = await backend(({ body }) => ok(body.toString('latin1')));
    const { connect } = await shop([server]);
    const client = await connect();
    client.send(bytes.replace('%&', '%25&')); // a path whose escapes are broken is refused behind the scanner
    expect((await client.response()).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });
});
