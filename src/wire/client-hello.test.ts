import { Buffer } from 'node:buffer';
import { connect as connectTcp, createServer } from 'node:net';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_CLIENT_HELLO, readClientHello } from './client-hello.ts';

/** What a real client of Node sends first. */
async function helloOf(options: {
  servername?: string;
  ALPNProtocols?: string[];
  maxVersion?: 'TLSv1.2';
}): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const hello = new Promise<Buffer>((resolve) =>
    server.once('connection', (socket) =>
      socket.once('data', (bytes: Buffer) => {
        socket.destroy();
        resolve(bytes);
      }),
    ),
  );
  const client = connect({ socket: connectTcp(port, '127.0.0.1'), rejectUnauthorized: false, ...options });
  client.on('error', () => {});
  const bytes = await hello;
  client.destroy();
  server.close();
  return bytes;
}

/** The same message in records of `size` bytes. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 0xff]), piece);
  }
  return Buffer.concat(records);
}

/** A message of these extensions and nothing else that matters. */
function made(extensions: Buffer): Buffer {
  const body = Buffer.concat([Buffer.alloc(34, 3), Buffer.from([0, 0, 2, 0x13, 0x01, 1, 0]), lengthed(extensions)]);
  const message = Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 0xff]), body]);
  return Buffer.concat([Buffer.from([22, 3, 1]), lengthed(message)]);
}

const lengthed = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
const extension = (kind: number, body: Buffer) =>
  Buffer.concat([Buffer.from([kind >> 8, kind & 0xff]), lengthed(body)]);
const named = (name: string) =>
  made(extension(0, lengthed(Buffer.concat([Buffer.from([0]), lengthed(Buffer.from(name, 'latin1'))]))));

describe('readClientHello', () => {
  it('reads name and protocols of a real client', async () => {
    const hello = await helloOf({ servername: 'Shop.Example', ALPNProtocols: ['h2', 'http/1.1'] });
    expect(readClientHello(hello)).toEqual({ serverName: 'shop.example', protocols: ['h2', 'http/1.1'] });
    const old = await helloOf({ servername: 'a.test', maxVersion: 'TLSv1.2' });
    expect(readClientHello(old)).toEqual({ serverName: 'a.test', protocols: [] });
    expect(readClientHello(await helloOf({}))).toEqual({ serverName: '', protocols: [] });
  });

  it('waits at every byte, whatever the records', async () => {
    const hello = await helloOf({ servername: 'a.test' });
    for (const bytes of [hello, inRecords(hello, 1), inRecords(hello, 100)]) {
      for (let length = 0; length < bytes.length; length++)
        expect(readClientHello(bytes.subarray(0, length)), `${length}`).toBeNull();
      expect(readClientHello(Buffer.concat([bytes, Buffer.from('more')]))).toMatchObject({ serverName: 'a.test' });
    }
  });

  it('passes over what it does not know', () => {
    const grease = extension(0x0a0a, Buffer.alloc(0));
    const other = Buffer.concat([Buffer.from([7]), lengthed(Buffer.from('x'))]);
    const name = Buffer.concat([Buffer.from([0]), lengthed(Buffer.from('a.test.'))]);
    const hello = made(Buffer.concat([grease, extension(0, lengthed(Buffer.concat([other, name])))]));
    expect(readClientHello(hello)).toEqual({ serverName: 'a.test', protocols: [] });
  });

  it.each(['', 'a b', 'a\0b', 'a..b', `${'a'.repeat(64)}.test`, `${'a.'.repeat(130)}b`, 'ä.test', '*.test', '[::1]'])(
    'refuses the name %j',
    (name) => {
      expect(readClientHello(named(name))).toBe('malformed');
    },
  );

  it.each([
    ['a record of nothing', Buffer.from([22, 3, 1, 0, 0])],
    ['a record that is too long', Buffer.from([22, 3, 1, 0xff, 0xff])],
    ['another message', Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 40])],
    ['a message that is too long', Buffer.from([22, 3, 1, 0, 4, 1, 1, 0, 0])],
    ['a version that TLS never had', Buffer.from([22, 9])],
    ['another record in between', Buffer.concat([inRecords(named('a.test'), 10).subarray(0, 15), Buffer.from([23])])],
    ['an extension that is longer than all', made(Buffer.from([0, 0, 0, 9, 1]))],
  ])('refuses %s', (_, bytes) => {
    expect(readClientHello(bytes)).toBe('malformed');
  });

  it('gives up on records without end', () => {
    const message = Buffer.concat([Buffer.from([1, 0, 0x3f, 0]), Buffer.alloc(4000)]);
    const endless = inRecords(Buffer.concat([Buffer.alloc(5), message]), 1);
    expect(readClientHello(endless)).toBe('malformed');
    expect(readClientHello(endless.subarray(0, LONGEST_CLIENT_HELLO))).toBeNull();
    expect(readClientHello(endless)).toBe('malformed');
  });

  it('tells what is no TLS', () => {
    expect(readClientHello(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('other');
  });

  it('answers any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readClientHello(Buffer.concat([Buffer.from([22, 3, 1]), bytes]));
        const extensions = Buffer.from(bytes);
        readClientHello(made(extensions));
      }),
    );
  });
});
