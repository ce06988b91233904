import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { finishedRequest } from '../../../test/kit/finished-request.ts';
import { AccessLogSink } from './access-log.ts';
import { LineBuffer } from './line-buffer.ts';

describe('the access log of a worker', () => {
  it.each(['json', 'w3c'] as const)('hands its lines over in order at a tick, as %s', (format) => {
    const handed: string[] = [];
    const sink = new AccessLogSink({ format, fields: null, requestHeaders: [] }, (lines) =>
      handed.push(Buffer.from(lines).toString()),
    );
    for (const path of ['/one', '/two', '/three'])
      sink.record(finishedRequest({ head: `GET ${path} HTTP/1.1\r\nHost: a` }));
    expect(handed).toEqual([]);
    sink.tick();
    expect(handed.length).toBe(1);
    expect(handed[0]!.match(/\/(one|two|three)/g)).toEqual(['/one', '/two', '/three']);
    sink.tick();
    expect(handed.length).toBe(1);
  });

  it('hands over before a tick when a buffer is full, and loses no line', () => {
    const handed: Uint8Array[] = [];
    const sink = new AccessLogSink({ format: 'json', fields: null, requestHeaders: [] }, (lines) => handed.push(lines));
    for (let n = 0; n < 1000; n++) sink.record(finishedRequest({ head: `GET /${n} HTTP/1.1\r\nHost: a` }));
    expect(handed.length).toBeGreaterThan(1);
    sink.tick();
    const urls = Buffer.concat(handed)
      .toString()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { url: string }).url);
    expect(urls).toEqual(Array.from({ length: 1000 }, (_, n) => `/${n}`));
  });

  it('hands over memory of its own, which may go to another thread', () => {
    const { port1, port2 } = new MessageChannel();
    const sink = new AccessLogSink({ format: 'json', fields: null, requestHeaders: [] }, (lines) =>
      port1.postMessage(lines, [lines.buffer]),
    );
    for (const path of ['/one', '/two']) {
      sink.record(finishedRequest({ head: `GET ${path} HTTP/1.1\r\nHost: a` }));
      sink.tick();
      const { message } = receiveMessageOnPort(port2) as { message: Uint8Array };
      expect(JSON.parse(Buffer.from(message).toString())).toMatchObject({ url: path });
    }
    port1.close();
  });
});

describe('a line buffer', () => {
  it('hands a line that is longer than itself over whole, after what came before', () => {
    const handed: string[] = [];
    const buffer = new LineBuffer(10, (lines) => handed.push(Buffer.from(lines).toString()));
    buffer.append('short\n');
    buffer.append('a long line indeed\n');
    buffer.append('next\n');
    buffer.handOver();
    expect(handed).toEqual(['short\n', 'a long line indeed\n', 'next\n']);
  });
});
