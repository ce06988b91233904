// What the client would get of a response that somebody gave to explain (CONTRACT 4).
import { Buffer, isUtf8 } from 'node:buffer';
import type { GivenResponse } from '../model/explain-request.ts';
import type { ExplainedOutcome, ExplainedResponse } from '../model/explanation.ts';
import { ProxyError } from '../model/proxy-error.ts';
import type { RequestContext } from '../model/request-context.ts';
import { type DryResponse, dryError, dryResponse } from '../proxy/journey/dry-response.ts';
import { BodyKind } from '../wire/http1/body-kind.ts';
import { readable } from './explained-outcome.ts';
import { isLatin1, serverResponse } from './given-response.ts';

/** Where somebody else answers: a server, or whatever serves the site. */
const ANSWERED_ELSEWHERE: ReadonlySet<ExplainedOutcome['kind']> = new Set(['proxy', 'static', 'rewrite', 'none']);
/** How the message is framed on the wire, not what it says. */
const FRAMING: ReadonlySet<string> = new Set(['transfer-encoding', 'connection']);
const NOTHING = Buffer.alloc(0);

/** @returns undefined where the router answers by itself, and no response comes */
export async function explainedResponse(
  ctx: RequestContext,
  outcome: ExplainedOutcome,
  given: GivenResponse,
): Promise<ExplainedResponse | undefined> {
  if (!ANSWERED_ELSEWHERE.has(outcome.kind)) return undefined;
  const response = serverResponse(given, ctx.inbound.method);
  const date = new Date(ctx.receivedAt).toUTCString();
  if (response instanceof ProxyError) return told(await dryError(ctx, response, date), false);
  const isBodiless = response.head.bodyKind === BodyKind.none;
  return told(await dryResponse(ctx, response.head, isBodiless ? NOTHING : response.body, date), isBodiless);
}

function told({ head, body }: DryResponse, isBodiless: boolean): ExplainedResponse {
  const [statusLine, ...lines] = head.split('\r\n');
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon > 0 && !FRAMING.has(name)) add(headers, name, readable(line.slice(colon + 1).trim()));
  }
  const whole: ExplainedResponse = { status: Number(statusLine!.split(' ')[1]), headers };
  return isBodiless ? whole : { ...whole, ...bodyOf(body, headers) };
}

function add(headers: Record<string, string | string[]>, name: string, value: string): void {
  const before = headers[name];
  headers[name] = before === undefined ? value : [before, value].flat();
}

function bodyOf(
  body: Buffer,
  headers: Record<string, string | string[]>,
): Pick<ExplainedResponse, 'body' | 'bodyBase64'> {
  const isCoded = headers['content-encoding'] !== undefined;
  if (!isCoded && isLatin1([headers['content-type'] ?? ''].flat()[0]!)) return { body: body.toString('latin1') };
  return !isCoded && isUtf8(body) ? { body: body.toString('utf8') } : { bodyBase64: body.toString('base64') };
}
