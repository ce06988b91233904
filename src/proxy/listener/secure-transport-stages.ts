// What a listener with TLS asks of clients beside it: requests of a plain listener are sent here (tls.redirectFrom), and
// browsers are told to come no other way (tls.hsts, RFC 6797).
import { type LocalAnswer, redirectAnswer } from '../../model/answer.ts';
import type { ListenerConfig } from '../../model/config.ts';
import type { Stage } from '../../model/extensions.ts';
import { ProxyError } from '../../model/proxy-error.ts';
import type { RequestContext } from '../../model/request-context.ts';
import type { HstsConfig } from '../../model/tls-config.ts';
import { hostName } from '../../wire/http1/authority.ts';
import { fieldLine } from '../../wire/http1/serialise.ts';

/** Certificate authorities look there for a proof, by plain HTTP (RFC 8555 8.3). */
const ACME = '/.well-known/acme-challenge/';
const HTTPS_PORT = 443;

/** Null where no listener has redirectFrom. */
export function redirectToTlsStage(listeners: readonly ListenerConfig[]): Stage | null {
  const ports = new Map<string, number>();
  for (const { tls, address } of listeners)
    if (tls !== null && tls.redirectFrom !== null && address.kind === 'tcp') ports.set(tls.redirectFrom, address.port);
  if (ports.size === 0) return null;
  return {
    name: 'redirectToTls',
    onRequest(ctx) {
      const port = ports.get(ctx.connection.listener);
      if (port === undefined || ctx.connection.secure || ctx.inbound.path.startsWith(ACME)) return undefined;
      ctx.trace?.push({ stage: 'redirectToTls', reason: 'the listener sends requests to one with TLS' });
      return redirect(ctx, port);
    },
  };
}

function redirect({ inbound }: RequestContext, port: number): LocalAnswer {
  const name = hostName(inbound.host);
  if (name === '') throw new ProxyError('badRequest', 'the request names no host, and is to be sent to https there');
  const path = inbound.path.startsWith('/') ? inbound.path : '/';
  const location = `https://${name}${port === HTTPS_PORT || port === 0 ? '' : `:${port}`}${path}`;
  fieldLine('Location', location); // throws what no client may be sent
  // What is not repeated by itself keeps its method (RFC 9110 15.4.9).
  const keepsMethod = inbound.method !== 'GET' && inbound.method !== 'HEAD';
  return redirectAnswer(keepsMethod ? 308 : 301, location, 'This is served by https.');
}

/** Null where no listener has hsts. */
export function strictTransportStage(listeners: readonly ListenerConfig[]): Stage | null {
  const lines = new Map<string, string>();
  for (const { name, tls } of listeners) {
    if (tls !== null && tls.hsts.maxAge > 0) lines.set(name, fieldLine('Strict-Transport-Security', policy(tls.hsts)));
  }
  if (lines.size === 0) return null;
  return {
    name: 'strictTransport',
    answersToo: true,
    onResponseHead({ connection }, draft) {
      const line = lines.get(connection.listener);
      if (line !== undefined && draft.values('strict-transport-security').length === 0) draft.addedLines += line;
    },
  };
}

function policy({ maxAge, includeSubDomains, preload }: HstsConfig): string {
  const seconds = Math.floor(maxAge / 1000);
  return `max-age=${seconds}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`;
}
