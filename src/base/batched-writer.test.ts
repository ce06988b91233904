import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BatchedWriter } from './batched-writer.ts';

/** A socket that takes nothing before it is told to: as TLS, which takes nothing in the turn of the write. */
function slowSocket() {
  const waiting: (() => void)[] = [];
  const socket = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      waiting.push(done);
    },
    writev(_chunks, done) {
      waiting.push(done);
    },
  });
  const takeAll = async () => {
    while (waiting.length > 0) {
      waiting.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { socket, takeAll };
}

const LONG = Buffer.alloc(20_000);

describe('a buffer that is written', () => {
  it('is free at once where it was short: it went as text', () => {
    const writer = new BatchedWriter(slowSocket().socket);
    writer.text('head');
    writer.bytes(LONG, 0, 100);
    writer.flush();
    expect([writer.unsent, writer.retains]).toEqual([true, false]);
  });

  it('is retained where it was long, until it is through, and that is told once', async () => {
    const { socket, takeAll } = slowSocket();
    const writer = new BatchedWriter(socket);
    let released = 0;
    for (let i = 0; i < 3; i++) {
      writer.bytes(LONG, 0, LONG.length);
      writer.flush();
    }
    writer.whenReleased(() => released++);
    expect([writer.retains, released]).toEqual([true, 0]);
    await takeAll();
    expect([writer.retains, released]).toEqual([false, 1]);
    writer.bytes(LONG, 0, LONG.length);
    writer.flush();
    await takeAll();
    expect(released).toBe(1);
  });

  it('is not free where the connection broke: it may still be on its way', async () => {
    const { socket } = slowSocket();
    socket.on('error', () => {});
    const writer = new BatchedWriter(socket);
    let released = 0;
    writer.bytes(LONG, 0, LONG.length);
    writer.flush();
    writer.bytes(LONG, 0, LONG.length);
    writer.flush();
    writer.whenReleased(() => released++);
    socket.destroy();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(released).toBe(0);
  });
});
