// The way back of a request, for explain: a response that somebody gave, as the client would get it.
import { Buffer } from 'node:buffer';
import type { BodyTransform } from '../../model/body-transform.ts';
import { asProxyError, type ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import { ResponseDraft } from '../../model/response-draft.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { clientHead } from '../response/client-head.ts';

/** So much of a body is given to a transform at once, as a connection would. */
const PIECE = 64 * 1024;

export interface DryResponse {
  /** Status line and field lines, each with CRLF. */
  head: string;
  body: Buffer;
}

/**
 * Runs the stages of `ctx`, after its dry run, on `head` and `body`.
 * @param date as the Date field has it
 * @returns the failure where the router would answer with an error instead
 */
export async function dryResponse(
  ctx: RequestContext,
  head: ResponseHead,
  body: Buffer,
  date: string,
): Promise<DryResponse | ProxyError> {
  try {
    const draft = new ResponseDraft(head);
    for (const stage of ctx.snapshot.stages) stage.onResponseHead?.(ctx, draft);
    const text = clientHead(draft, ctx.farm?.config.passServerHeader ?? 'Replace', date);
    return { head: text, body: draft.transform === null ? body : await transformed(draft.transform, body) };
  } catch (error) {
    return asProxyError(error);
  }
}

function transformed(transform: BodyTransform, body: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let at = 0;
  return new Promise((resolve, reject) => {
    let ended = false;
    const feed = (): void => {
      while (!ended && !transform.full) {
        const end = Math.min(at + PIECE, body.length);
        if (at < end) transform.write(body, at, end);
        at = end;
        if (at < body.length) continue;
        ended = true;
        transform.end();
      }
    };
    transform.begin({
      write: (buffer, start, end) => void pieces.push(buffer.subarray(start, end)),
      ready: feed,
      done: () => resolve(Buffer.concat(pieces)),
      fail: (error) => {
        ended = true;
        reject(error);
      },
    });
    feed();
  });
}
