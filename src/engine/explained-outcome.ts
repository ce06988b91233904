// The outcome of explain (CONTRACT 4): what the client or a server would see of the request.
import { Buffer } from 'node:buffer';
import type { Answer } from '../model/answer.ts';
import type { ExplainedOutcome } from '../model/explanation.ts';
import { certificateNameOf } from '../model/host-header.ts';
import { type ErrorCode, ProxyError } from '../model/proxy-error.ts';
import type { RequestContext } from '../model/request-context.ts';

const NO_FILE: ReadonlySet<ErrorCode> = new Set(['noRoute', 'fileNotFound', 'notListed']);
/** There is something, which only an application could answer: under the URL that the rules made. */
const UNSERVED: ReadonlySet<ErrorCode> = new Set(['typeNotServed', 'methodNotAllowed']);

/** @param result of the dry run of `ctx`: an answer made here, a failure, or nothing when ctx.server would be asked */
export function explainedOutcome(ctx: RequestContext, result: Answer | ProxyError | undefined): ExplainedOutcome {
  if (result instanceof ProxyError) return isLocal(ctx, result) ? localOutcome(ctx) : errorOutcome(result);
  if (result !== undefined) return answerOutcome(result);
  const { scheme, target } = ctx.outbound;
  const { name, isOrigin } = ctx.farm!;
  const place = isOrigin ? {} : { farm: name };
  const { address, config } = ctx.server!;
  const tls = scheme === 'https' ? { tls: { port: config.httpsPort, name: certificateNameOf(config) } } : {};
  return { kind: 'proxy', url: `${scheme}://${name}${target}`, ...place, server: address, ...tls };
}

export function errorOutcome(error: ProxyError): ExplainedOutcome {
  const { status, subStatus } = error.kind;
  return { kind: 'error', status, subStatus, code: error.code, reason: error.message };
}

/** Text of a head, one character for each byte, as a person reads it. */
export function readable(wire: string): string {
  const text = Buffer.from(wire, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? wire : text;
}

/** Nothing sent the request anywhere: it stays here, and no site has a file for it. */
function isLocal({ outbound }: RequestContext, { code }: ProxyError): boolean {
  if (outbound.destination !== null) return false;
  if (NO_FILE.has(code)) return true;
  return outbound.rewritten && UNSERVED.has(code);
}

function localOutcome({ outbound }: RequestContext): ExplainedOutcome {
  return outbound.rewritten ? { kind: 'rewrite', url: outbound.target } : { kind: 'none' };
}

function answerOutcome(answer: Answer): ExplainedOutcome {
  if (answer.kind === 'abort') return { kind: 'abort' };
  if (answer.kind === 'file') return { kind: 'static', url: answer.url, file: answer.path };
  const { status, subStatus, reason, body } = answer;
  const location = answer.fields.find(([name]) => name.toLowerCase() === 'location')?.[1];
  if (location !== undefined) return { kind: 'redirect', status, location };
  return { kind: 'customResponse', status, subStatus, reason: readable(reason), description: body };
}
