import { describe, expect, it } from 'vitest';
import { finishedRequest } from '../../../test/kit/finished-request.ts';
import type { BodyOutput, BodyTransform } from '../../model/body-transform.ts';
import type { Stage } from '../../model/extensions.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseHeadScanner } from '../../wire/http1/response-head-scanner.ts';
import { dryResponse } from './dry-response.ts';

/** Writes everything in upper case, a piece at a time: full after each, and ready when the event loop has turned. */
class Slow implements BodyTransform {
  full = false;
  pieces = 0;
  #output: BodyOutput | null = null;
  readonly #fails: boolean;

  constructor(fails = false) {
    this.#fails = fails;
  }

  begin(output: BodyOutput): void {
    this.#output = output;
  }

  write(buffer: Buffer, start: number, end: number): void {
    const piece = Buffer.from(buffer.toString('latin1', start, end).toUpperCase(), 'latin1');
    this.full = true;
    this.pieces++;
    setImmediate(() => {
      if (this.#fails) return this.#output!.fail(new ProxyError('internal', 'broken'));
      this.#output!.write(piece, 0, piece.length);
      this.full = false;
      this.#output!.ready();
    });
  }

  end(): void {
    setImmediate(() => this.#output!.done());
  }

  pause(): void {}
  resume(): void {}
  destroy(): void {}
}

function answered(make: () => BodyTransform, body: Buffer) {
  const head = Buffer.from(`HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: ${body.length}\r\n\r\n`);
  const scanner = new ResponseHeadScanner({ headerBytes: 1000, headerCount: 10 });
  scanner.scan(head, 0, head.length);
  const ctx = finishedRequest({ head: 'GET / HTTP/1.1\r\nHost: a' });
  const stage: Stage = { name: 'test', onResponseHead: (_ctx, draft) => draft.rewriteBody(make()) };
  const stages = {
    ...ctx,
    snapshot: { ...ctx.snapshot, stages: [], answerStages: [stage] },
  } as unknown as RequestContext;
  return dryResponse(stages, scanner.head('GET'), body, 'now');
}

describe('a response that somebody gave', () => {
  it('goes through a transform piece by piece, as fast as that takes it', async () => {
    const body = Buffer.from('abcdefgh'.repeat(20_000));
    const transform = new Slow();
    const result = await answered(() => transform, body);
    expect(result.body.equals(Buffer.from('ABCDEFGH'.repeat(20_000)))).toBe(true);
    expect(result.head).toBe('HTTP/1.1 200 OK\r\nDate: x\r\nServer: Narrows\r\n');
    expect(transform.pieces).toBe(3);
  });

  it('is the answer to the failure where the transform cannot go on', async () => {
    const { head, body } = await answered(() => new Slow(true), Buffer.from('x'));
    expect(head).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(body.toString()).toContain('broken');
  });

  it('may be empty', async () => {
    expect(await answered(() => new Slow(), Buffer.alloc(0))).toMatchObject({ body: Buffer.alloc(0) });
  });
});
